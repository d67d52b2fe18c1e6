package crosscut.engine.cost;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * A device that has sizes and nothing else: memory of any size takes none, ops do nothing. The engine binds a step to it as to any other, and whoever watches
 * learns what the step will ask of a real one. Host memory is real, because the host writes to it.
 */
public final class DescribedDevice {

    private DescribedDevice() {
    }

    /** A device of its own. */
    public static Device open() {
        return described(Device.class);
    }

    private static <T> T described(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> answer(proxy, method, arguments)));
    }

    private static Object answer(Object proxy, Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "allocate" -> new SizedMemory((String) arguments[0], (long) arguments[1], null);
            case "allocateHost" -> hostMemory((String) arguments[0], (long) arguments[1]);
            case "separatesViews" -> true;
            case "named" -> arguments[1];
            case "description" -> "a device that has sizes only";
            case "isDone" -> true;
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "described " + method.getDeclaringClass().getSimpleName();
            default -> result(method.getReturnType());
        };
    }

    private static Object result(Class<?> type) {
        if (type == void.class) {
            return null;
        }
        if (type == Operation.class) {
            return described(Operation.class);
        }
        if (type == MemorySegment.class) {
            // What is written for an upload; the largest one holds a step's values.
            return Arena.ofAuto().allocate(1 << 16, Long.BYTES);
        }
        if (type.isInterface()) {
            return described(type);
        }
        throw new IllegalStateException("a described device has no answer of type " + type.getName());
    }

    private static DeviceMemory hostMemory(String owner, long byteSize) {
        Arena arena = Arena.ofShared();
        return new SizedMemory(owner, byteSize, arena);
    }

    /** @param arena where the host's bytes lie, null where there are none */
    private record SizedMemory(String owner, long byteSize, Arena arena, MemorySegment segment) implements DeviceMemory {

        SizedMemory(String owner, long byteSize, Arena arena) {
            this(owner, byteSize, arena, arena == null ? null : arena.allocate(byteSize, 64));
        }

        @Override
        public long address() {
            return 0;
        }

        @Override
        public MemorySegment hostSegment() {
            if (segment == null) {
                throw new UnsupportedOperationException(owner + " has a size only");
            }
            return segment;
        }

        @Override
        public void close() {
            if (arena != null && arena.scope().isAlive()) {
                arena.close();
            }
        }
    }
}
