package crosscut.simulator.driver;

import java.util.stream.Stream;

/** Which threads' potentially unsafe calls a capture forbids: CUstreamCaptureMode of cuda.h. */
enum CaptureMode {

    GLOBAL, THREAD_LOCAL, RELAXED;

    static CaptureMode of(int value) {
        return Stream.of(values()).filter(mode -> mode.ordinal() == value).findFirst()
                .orElseThrow(() -> new DriverException(DriverStatus.INVALID_VALUE, value + " is no CUstreamCaptureMode"));
    }
}
