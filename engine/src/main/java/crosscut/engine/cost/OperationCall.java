package crosscut.engine.cost;

import crosscut.kernels.device.Tensor;
import crosscut.kernels.loss.LastLayer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * How an op was asked for.
 *
 * @param family the interface that makes it
 * @param name the method of that interface
 * @param arguments what the method was given, nulls included; for a method without parameters what the object was made with
 */
public record OperationCall(Class<?> family, String name, List<Object> arguments) {

    OperationCall(Class<?> family, String name, Object[] arguments) {
        this(family, name, Arrays.asList(arguments));
    }

    /** Family and method, {@code MatrixProducts.forward}. */
    public String qualifiedName() {
        return family.getSimpleName() + "." + name;
    }

    /** The argument at that place, null where it was null. */
    public <T> T argument(int index, Class<T> type) {
        return type.cast(arguments.get(index));
    }

    Tensor tensor(int index) {
        return argument(index, Tensor.class);
    }

    /** The tensors of a list argument. */
    List<Tensor> tensors(int index) {
        return ((List<?>) arguments.get(index)).stream().map(Tensor.class::cast).toList();
    }

    /** Every tensor among the arguments, those in lists and of a last layer included. */
    public List<Tensor> allTensors() {
        Stream<?> all = arguments.stream().flatMap(argument -> switch (argument) {
            case Collection<?> several -> several.stream();
            case LastLayer layer -> layer.tensors().stream();
            case null, default -> Stream.of(argument);
        });
        return all.filter(Tensor.class::isInstance).map(Tensor.class::cast).toList();
    }
}
