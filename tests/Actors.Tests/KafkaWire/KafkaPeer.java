import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.nio.ByteBuffer;
import java.util.*;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.*;
import org.apache.kafka.common.protocol.types.*;
import org.apache.kafka.common.record.internal.*;

/**
 * Kafka's own message classes as a peer of our codec: run as a single source file with Kafka's jars on the class path.
 * "write SEED ROUNDS KEY:FIRST-LAST..." prints messages filled at random, one a line: key, version, kind, hex, JSON, parted by tabs.
 * "bare" prints messages whose fields are all at their defaults, arrays of structs with one such element, in the same way: "bare 0 1 KEY:FIRST-LAST...".
 * "heads" prints key, version, and the versions of the request's and the response's header, for every version that a broker offers.
 * "read" takes lines "key version kind hex" and prints what Kafka writes after it has read them, or "fault" and why.
 */
public class KafkaPeer {
    private final Random random;
    private final List<Object[]> nullable = new ArrayList<>();

    private boolean bare;

    private KafkaPeer(long seed) { random = new Random(seed); }

    public static void main(String[] args) throws Exception {
        if (args[0].equals("read")) {
            read();
            return;
        }
        if (args[0].equals("heads")) {
            heads();
            return;
        }
        for (int a = 3; a < args.length; a++) {
            String[] words = args[a].split("[:-]");
            ApiMessageType type = ApiMessageType.fromApiKey(Short.parseShort(words[0]));
            for (short version = Short.parseShort(words[1]); version <= Short.parseShort(words[2]); version++) {
                for (int round = 0; round < Integer.parseInt(args[2]); round++) {
                    long seed = Long.parseLong(args[1]) + round * 1000003L + type.apiKey() * 101L + version;
                    KafkaPeer peer = new KafkaPeer(seed);
                    peer.bare = args[0].equals("bare");
                    peer.write(type, version, "request", type.newRequest(), type.requestSchemas()[version]);
                    peer.write(type, version, "response", type.newResponse(), type.responseSchemas()[version]);
                }
            }
        }
    }

    private static void heads() {
        for (ApiMessageType type : ApiMessageType.values()) {
            if (!type.listeners().contains(ApiMessageType.ListenerType.BROKER)) {
                continue;
            }
            for (short version = type.lowestSupportedVersion(); version <= type.highestSupportedVersion(false); version++) {
                System.out.println(type.apiKey() + "\t" + version + "\t" + type.requestHeaderVersion(version) + "\t" + type.responseHeaderVersion(version));
            }
        }
    }

    private static void read() throws Exception {
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            String[] words = lines.nextLine().split("\t", -1);
            ApiMessageType type = ApiMessageType.fromApiKey(Short.parseShort(words[0]));
            short version = Short.parseShort(words[1]);
            try {
                ApiMessage message = words[2].equals("request") ? type.newRequest() : type.newResponse();
                ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(words[3]));
                message.read(new ByteBufferAccessor(bytes), version);
                System.out.println(bytes.hasRemaining() ? "fault: " + bytes.remaining() + " bytes left" : hex(message, version));
            } catch (RuntimeException e) {
                System.out.println("fault: " + e);
            }
        }
    }

    private void write(ApiMessageType type, short version, String kind, ApiMessage message, Schema schema) throws Exception {
        nullable.clear();
        fill(message, schema);
        for (Object[] place : nullable) {
            if (random.nextInt(3) == 0) {
                Object old = ((Method) place[1]).invoke(place[0]);
                Method set = (Method) place[2];
                set.invoke(place[0], new Object[] {null});
                try {
                    hex(message, version);
                } catch (RuntimeException e) {
                    set.invoke(place[0], old);
                }
            }
        }
        Class<?> converter = Class.forName(message.getClass().getName() + "JsonConverter");
        Object json = converter.getMethod("write", message.getClass(), short.class, boolean.class).invoke(null, message, version, false);
        System.out.println(type.apiKey() + "\t" + version + "\t" + kind + "\t" + hex(message, version) + "\t" + json);
    }

    private static String hex(ApiMessage message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer bytes = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(bytes), cache, version);
        return HexFormat.of().formatHex(bytes.array());
    }

    private void fill(Object target, Schema schema) throws Exception {
        for (BoundField bound : schema.fields()) {
            if (bound.def.type instanceof TaggedFields tagged) {
                for (Field field : tagged.fields().values()) {
                    if (!bare && random.nextBoolean()) {
                        fill(target, field);
                    }
                }
            } else {
                fill(target, bound.def);
            }
        }
    }

    private void fill(Object target, Field field) throws Exception {
        StringBuilder name = new StringBuilder();
        for (String word : field.name.split("_")) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
        }
        String getter = Character.toLowerCase(name.charAt(0)) + name.substring(1);
        for (Method set : target.getClass().getMethods()) {
            if (set.getName().equals("set" + name) && set.getParameterCount() == 1) {
                Class<?> parameter = set.getParameterTypes()[0];
                if (bare && !Collection.class.isAssignableFrom(parameter)) {
                    return;
                }
                set.invoke(target, value(parameter, set.getGenericParameterTypes()[0], field.type));
                if (!parameter.isPrimitive() && !bare) {
                    nullable.add(new Object[] {target, target.getClass().getMethod(getter), set});
                }
                return;
            }
        }
        throw new IllegalStateException("no setter for " + field.name + " in " + target.getClass());
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private Object value(Class<?> parameter, java.lang.reflect.Type generic, org.apache.kafka.common.protocol.types.Type type) throws Exception {
        if (Collection.class.isAssignableFrom(parameter)) {
            boolean isList = parameter == List.class;
            Collection all = isList ? new ArrayList<>() : (Collection) parameter.getConstructor().newInstance();
            java.lang.reflect.Type element = ((ParameterizedType) (isList ? generic : parameter.getGenericSuperclass())).getActualTypeArguments()[0];
            boolean ofStructs = type.arrayElementType().get() instanceof Schema;
            for (int left = bare ? (ofStructs ? 1 : 0) : random.nextInt(4); left > 0; left--) {
                all.add(value((Class<?>) element, element, type.arrayElementType().get()));
            }
            return all;
        }
        if (type instanceof Schema schema) {
            Object struct = parameter.getConstructor().newInstance();
            fill(struct, schema);
            return struct;
        }
        if (parameter == boolean.class || parameter == Boolean.class) return random.nextBoolean();
        if (parameter == byte.class || parameter == Byte.class) return (byte) random.nextInt();
        if (parameter == short.class || parameter == Short.class) return (short) random.nextInt();
        if (parameter == int.class || parameter == Integer.class) return random.nextInt();
        if (parameter == long.class || parameter == Long.class) return random.nextLong();
        if (parameter == double.class) return random.nextDouble();
        if (parameter == String.class) return text();
        if (parameter == Uuid.class) return new Uuid(random.nextLong(), random.nextLong());
        if (parameter == byte[].class) return bytes();
        if (parameter == ByteBuffer.class) return ByteBuffer.wrap(bytes());
        if (BaseRecords.class.isAssignableFrom(parameter)) return MemoryRecords.readableRecords(ByteBuffer.wrap(bytes()));
        throw new IllegalStateException("no value of " + parameter);
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private String text() {
        String[] letters = {"a", "Z", "7", "-", "é", "漢", "\"", "𝄞"};
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(8) == 0 ? 200 : random.nextInt(6); left > 0; left--) {
            text.append(letters[random.nextInt(letters.length)]);
        }
        return text.toString();
    }
}
