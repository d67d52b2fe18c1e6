package crosscut.kernels.device.cuda;

/** The driver calls that kernels and streams need, until the bindings are there. */
interface Driver {

    long function(long module, String name);

    long loadModule(byte[] image);

    void launch(long function, int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ, int sharedBytes, long stream, long argumentPointers);

    void synchronizeStream(long stream);

    void destroyStream(long stream);

    void streamWaitEvent(long stream, long event);

    void recordEvent(long event, long stream);

    void synchronizeEvent(long event);

    boolean isEventDone(long event);

    void destroyEvent(long event);
}
