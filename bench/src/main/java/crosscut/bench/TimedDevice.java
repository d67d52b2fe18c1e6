package crosscut.bench;

import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A device whose ops measure every launch. Only for devices whose launches return when the work is done. */
final class TimedDevice {

    /** The ops of one device in the order of their binding. */
    private final List<TimedOperation> operations = new ArrayList<>();

    /** The device that makes timed ops. */
    Device around(Device device) {
        return timed(Device.class, device);
    }

    List<TimedOperation> operations() {
        return operations;
    }

    private <T> T timed(Class<T> type, Object target) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> call(target, method, arguments)));
    }

    private Object call(Object target, Method method, Object[] arguments) throws Throwable {
        Object result;
        try {
            result = method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
        if (result instanceof Operation operation) {
            TimedOperation timed = new TimedOperation(method.getName(), tensors(arguments), operation);
            operations.add(timed);
            return timed;
        }
        boolean makesOperations = Arrays.stream(method.getReturnType().getMethods()).anyMatch(made -> made.getReturnType() == Operation.class);
        return makesOperations ? timed(method.getReturnType(), result) : result;
    }

    private static List<Tensor> tensors(Object[] arguments) {
        Stream<?> all = Arrays.stream(arguments).filter(Objects::nonNull)
                .flatMap(argument -> argument instanceof Collection<?> several ? several.stream() : Stream.of(argument));
        return all.filter(Tensor.class::isInstance).map(Tensor.class::cast).collect(Collectors.toList());
    }
}
