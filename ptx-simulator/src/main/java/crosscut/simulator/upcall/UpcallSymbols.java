package crosscut.simulator.upcall;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The symbols of a simulated library. Each is a stub through which native callers reach a Java method; a stub is made when its symbol is first asked for. Stubs
 * live as long as this object or an address that it gave is reachable.
 */
@SuppressWarnings("restricted")
public final class UpcallSymbols implements SymbolLookup {

    private final Arena arena = Arena.ofAuto();
    private final Map<String, Target> targets = new LinkedHashMap<>();
    private final Map<String, MemorySegment> stubs = new HashMap<>();

    /** The descriptor of a C function that returns a status (an {@code int} or an enumeration). */
    public static FunctionDescriptor status(MemoryLayout... parameters) {
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters);
    }

    /**
     * Adds one C function.
     *
     * @param lookup of the class that holds the method
     * @param receiver the object whose method answers
     * @param symbol the C function
     * @param method the method that answers; it must not throw, since an exception that crosses an upcall ends the JVM
     * @param descriptor the function's signature as the header declares it; the method's Java types must agree
     * @throws IllegalArgumentException when the receiver has no such method
     */
    public UpcallSymbols add(MethodHandles.Lookup lookup, Object receiver, String symbol, String method, FunctionDescriptor descriptor) {
        try {
            return add(symbol, descriptor, lookup.bind(receiver, method, descriptor.toMethodType()));
        } catch (NoSuchMethodException | IllegalAccessException thrown) {
            throw new IllegalArgumentException(receiver.getClass().getName() + "." + method + " does not answer " + symbol + descriptor, thrown);
        }
    }

    /** Adds one C function that a method handle answers, which must not throw. */
    public UpcallSymbols add(String symbol, FunctionDescriptor descriptor, MethodHandle method) {
        if (targets.put(symbol, new Target(method, descriptor)) != null) {
            throw new IllegalArgumentException(symbol + " is there twice");
        }
        return this;
    }

    @Override
    public synchronized Optional<MemorySegment> find(String name) {
        Target target = targets.get(name);
        return target == null ? Optional.empty()
                : Optional.of(stubs.computeIfAbsent(name, symbol -> Linker.nativeLinker().upcallStub(target.method(), target.descriptor(), arena)));
    }

    /** The signature of every symbol, as the library's header declares it. */
    public Map<String, FunctionDescriptor> descriptors() {
        Map<String, FunctionDescriptor> descriptors = new LinkedHashMap<>();
        targets.forEach((name, target) -> descriptors.put(name, target.descriptor()));
        return Collections.unmodifiableMap(descriptors);
    }

    private record Target(MethodHandle method, FunctionDescriptor descriptor) {
    }
}
