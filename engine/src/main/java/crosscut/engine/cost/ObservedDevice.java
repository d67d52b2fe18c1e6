package crosscut.engine.cost;

import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A device whose every op an observer sees, and may wrap, when it is bound. Captures are left out: what would be replayed as a graph is launched op by op, so
 * that the observer's ops run; and what may run at once runs one after the other, so that the observer sees one launch at a time.
 */
public final class ObservedDevice {

    private static final Object[] NONE = {};

    private final Device device;
    private final OperationObserver observer;

    /** What stands for ops that are not bound but asked for, and so the same each time. */
    private final Map<Operation, Operation> askedFor = new IdentityHashMap<>();

    private String layer = "";

    /** Lets {@code observer} see the ops of {@code device}. */
    public ObservedDevice(Device device, OperationObserver observer) {
        this.observer = observer;
        this.device = observed(Device.class, device, NONE);
    }

    /** The device to bind ops with; closing it closes the one that was given. */
    public Device device() {
        return device;
    }

    /** The name that the engine gave what is being launched, see {@link Device#named}; empty where it gave none. */
    public String layer() {
        return layer;
    }

    /** @param madeWith arguments of the call that gave {@code target} */
    private <T> T observed(Class<T> type, Object target, Object[] madeWith) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (_, method, arguments) -> call(type, target, method, arguments == null ? NONE : arguments, madeWith)));
    }

    private Object call(Class<?> type, Object target, Method method, Object[] arguments, Object[] madeWith) throws Throwable {
        if (type == Device.class && method.getName().equals("capture")) {
            return Arrays.stream(arguments).filter(Operation.class::isInstance).findFirst().orElseThrow();
        }
        if (type == Device.class && method.getName().equals("independent")) {
            return new OperationSequence(operations(arguments[0]));
        }
        if (type == Device.class && method.getName().equals("independentBySlot")) {
            return new OperationSequence(operations(((List<?>) arguments[0]).getFirst()));
        }
        if (type == Device.class && method.getName().equals("named")) {
            return named((String) arguments[0], (Operation) method.invoke(target, arguments));
        }
        Object result;
        try {
            result = method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
        if (result instanceof Operation operation && method.getReturnType() == Operation.class) {
            return arguments.length > 0 ? observer.bound(new OperationCall(type, method.getName(), arguments), operation)
                    : askedFor.computeIfAbsent(operation, _ -> observer.bound(new OperationCall(type, method.getName(), madeWith), operation));
        }
        return leadsToOperations(method.getReturnType()) ? observed(method.getReturnType(), result, arguments) : result;
    }

    private static List<Operation> operations(Object list) {
        return ((List<?>) list).stream().map(Operation.class::cast).toList();
    }

    /** The ops inside have been observed when they were bound; whoever sees them launched can ask for the layer. */
    private Operation named(String name, Operation operation) {
        return stream -> {
            String outer = layer;
            layer = name;
            try {
                operation.launch(stream);
            } finally {
                layer = outer;
            }
        };
    }

    /** True for interfaces that make ops, and for those that make such interfaces. */
    private static boolean leadsToOperations(Class<?> type) {
        return makesOperations(type) || type.isInterface() && Arrays.stream(type.getMethods()).anyMatch(made -> makesOperations(made.getReturnType()));
    }

    private static boolean makesOperations(Class<?> type) {
        return type.isInterface() && Arrays.stream(type.getMethods()).anyMatch(made -> made.getReturnType() == Operation.class);
    }
}
