package crosscut.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.FieldModel;
import java.lang.classfile.attribute.ConstantValueAttribute;
import java.util.HashMap;
import java.util.Map;

/** The int constants of a class as its class file has them; the class is not initialised. */
public final class ConstantValues {

    private ConstantValues() {
    }

    public static Map<String, Integer> of(Class<?> type) {
        Map<String, Integer> values = new HashMap<>();
        try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            for (FieldModel field : ClassFile.of().parse(in.readAllBytes()).fields()) {
                field.findAttribute(Attributes.constantValue()).map(ConstantValueAttribute::constant)
                        .filter(constant -> constant.constantValue() instanceof Integer)
                        .ifPresent(constant -> values.put(field.fieldName().stringValue(), (Integer) constant.constantValue()));
            }
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
        return values;
    }
}
