package crosscut.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Shared libraries that were built for another processor. The dynamic linker says of them that there is no such file. */
final class ForeignElf {

    /** EI_MAG0 to EI_MAG3 of elf.h. */
    private static final int MAGIC = 0x7F454C46;
    /** Offset of EI_CLASS in the header, and its value for 64 bits. */
    private static final int CLASS_OFFSET = 4;
    private static final int CLASS_64 = 2;
    /** Offset of e_machine. */
    private static final int MACHINE_OFFSET = 18;
    private static final int HEADER_BYTES = 20;
    /** EM_X86_64 and EM_AARCH64. */
    private static final int X86_64 = 62;
    private static final int AARCH64 = 183;

    private ForeignElf() {
    }

    /** Why a file cannot be opened here, or empty when it is no library, or one for this processor. */
    static Optional<String> reason(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            ByteBuffer header = ByteBuffer.wrap(in.readNBytes(HEADER_BYTES));
            if (header.remaining() < HEADER_BYTES || header.getInt(0) != MAGIC) {
                return Optional.empty();
            }
            int bits = header.get(CLASS_OFFSET) == CLASS_64 ? 64 : 32;
            int machine = Short.toUnsignedInt(header.order(ByteOrder.LITTLE_ENDIAN).getShort(MACHINE_OFFSET));
            String here = System.getProperty("os.arch");
            boolean isOurs = bits == 64 && machine == (here.equals("aarch64") ? AARCH64 : X86_64);
            return isOurs ? Optional.empty() : Optional.of(file + ": built for " + name(machine) + ", " + bits + " bits, but this Java runs on " + here);
        } catch (IOException unreadable) {
            // The linker's own reason says so.
            return Optional.empty();
        }
    }

    private static String name(int machine) {
        return switch (machine) {
            case X86_64 -> "x86-64";
            case AARCH64 -> "aarch64";
            default -> "processor " + machine + " of elf.h";
        };
    }
}
