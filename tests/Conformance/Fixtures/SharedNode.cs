namespace Conformance.Fixtures;

[CollectionDefinition(Name)]
public sealed class SharedNode : ICollectionFixture<NodeUnderTest>
{
    public const string Name = "shared node";
}
