package crosscut.kernels.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/**
 * A program that compiles PTX files by NVIDIA's PTX compiler of CUDA 12.0, which needs neither a driver nor a GPU. A program of its own, because what that
 * compiler does not like can end the process.
 */
final class OldestCompiler {

    /** Those that it knows of the generations that we care for. */
    static final List<String> GENERATIONS = List.of("sm_80", "sm_90");

    private static final Pattern KERNEL = Pattern.compile("Compiling entry function '(\\w+)' for '\\w+'.*?(\\d+) bytes spill stores.*?Used (\\d+) registers",
            Pattern.DOTALL);

    private OldestCompiler() {
    }

    /** Prints a line for every kernel of the files and every generation: kernel, generation, registers, bytes spilled. */
    public static void main(String[] files) throws IOException {
        JNvPTXCompiler.setExceptionsEnabled(false);
        int[] major = new int[1];
        int[] minor = new int[1];
        require("version", JNvPTXCompiler.nvPTXCompilerGetVersion(major, minor));
        System.out.println("version " + major[0] + "." + minor[0]);
        for (String file : files) {
            byte[] ptx = Files.readAllBytes(Path.of(file));
            for (String generation : GENERATIONS) {
                nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
                require(file, JNvPTXCompiler.nvPTXCompilerCreate(compiler, ptx.length, Arrays.copyOf(ptx, ptx.length + 1)));
                if (JNvPTXCompiler.nvPTXCompilerCompile(compiler, 2, new String[] {"--gpu-name=" + generation, "--verbose"}) != 0) {
                    long[] size = new long[1];
                    require(file, JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, size));
                    byte[] log = new byte[(int) size[0] + 1];
                    require(file, JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, log));
                    throw new IllegalStateException(file + " for " + generation + ": " + text(log));
                }
                long[] size = new long[1];
                require(file, JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(compiler, size));
                byte[] log = new byte[(int) size[0] + 1];
                require(file, JNvPTXCompiler.nvPTXCompilerGetInfoLog(compiler, log));
                Matcher kernels = KERNEL.matcher(text(log));
                while (kernels.find()) {
                    System.out.println(kernels.group(1) + " " + generation + " " + kernels.group(3) + " " + kernels.group(2));
                }
                require(file, JNvPTXCompiler.nvPTXCompilerDestroy(compiler));
            }
        }
    }

    private static String text(byte[] log) {
        return new String(log, StandardCharsets.US_ASCII).replace("\0", "").strip();
    }

    private static void require(String of, int status) {
        if (status != 0) {
            throw new IllegalStateException(of + ": status " + status);
        }
    }
}
