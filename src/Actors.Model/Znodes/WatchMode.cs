namespace Actors.Model.Znodes;

/// <summary>How a path is watched.</summary>
public enum WatchMode : byte
{
    /// <summary>Once, its coming, going and data: getData, exists.</summary>
    Data = 0,
    /// <summary>Once, its children and its going: getChildren.</summary>
    Child = 1,
    /// <summary>Both, until it is removed.</summary>
    Persistent = 2,
    /// <summary>Coming, going and data of it and of all below it, until it is removed.</summary>
    PersistentRecursive = 3,
}
