package crosscut.kernels.collective;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A new connection on which both sides prove that they know the shared secret, before it carries tensors. Each side sends a random nonce; every frame that
 * follows ends in HMAC-SHA-256 under the secret over direction, frame number, both nonces and content. The secret itself never travels, and a recorded frame
 * is worth nothing on another connection.
 */
final class AuthenticatedLink {

    private static final long GREETING = 0x43726f7373637574L;
    private static final int NONCE_BYTES = 16;
    private static final int LARGEST_FRAME = 1 << 20;
    private static final String ALGORITHM = "HmacSHA256";

    private final SocketChannel channel;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final Mac mac;
    private final byte[] nonces = new byte[2 * NONCE_BYTES];
    private final boolean accepted;
    private int framesSent;
    private int framesReceived;

    /** The other side does not know the secret, or does not speak this protocol. */
    static final class NotAuthenticException extends IOException {

        private static final long serialVersionUID = 1L;

        NotAuthenticException(String message) {
            super(message);
        }
    }

    /**
     * Greets the other side.
     *
     * @param accepted true on the side that listened
     * @param timeout for every read
     */
    AuthenticatedLink(SocketChannel channel, boolean accepted, String secret, Duration timeout) throws IOException {
        this.channel = channel;
        this.accepted = accepted;
        this.mac = mac(secret);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.socket().setSoTimeout(Math.max(1, Math.toIntExact(timeout.toMillis())));
        in = new DataInputStream(channel.socket().getInputStream());
        out = new DataOutputStream(channel.socket().getOutputStream());
        exchangeNonces();
    }

    private static Mac mac(String secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    private void exchangeNonces() throws IOException {
        byte[] own = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(own);
        out.write(ByteBuffer.allocate(Long.BYTES + NONCE_BYTES).putLong(GREETING).put(own).array());
        if (in.readLong() != GREETING) {
            throw new NotAuthenticException("the other side is not a rank");
        }
        System.arraycopy(own, 0, nonces, accepted ? NONCE_BYTES : 0, NONCE_BYTES);
        in.readFully(nonces, accepted ? 0 : NONCE_BYTES, NONCE_BYTES);
    }

    SocketChannel channel() {
        return channel;
    }

    void send(byte[] content) throws IOException {
        byte[] seal = seal(accepted, framesSent++, content);
        out.write(ByteBuffer.allocate(Integer.BYTES + content.length + seal.length).putInt(content.length).put(content).put(seal).array());
    }

    /**
     * Waits for a frame.
     *
     * @throws NotAuthenticException when it was made without the secret
     * @throws SocketTimeoutException when none comes in time
     */
    byte[] receive() throws IOException {
        int length = in.readInt();
        if (length < 0 || length > LARGEST_FRAME) {
            throw new NotAuthenticException("the other side sent a frame of " + length + " bytes");
        }
        byte[] content = new byte[length];
        in.readFully(content);
        byte[] seal = new byte[mac.getMacLength()];
        in.readFully(seal);
        if (!MessageDigest.isEqual(seal, seal(!accepted, framesReceived++, content))) {
            throw new NotAuthenticException("the other side has another secret");
        }
        return content;
    }

    private byte[] seal(boolean fromAccepted, int number, byte[] content) {
        mac.update((byte) (fromAccepted ? 1 : 0));
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).flip());
        mac.update(nonces);
        return mac.doFinal(content);
    }

    void close() throws IOException {
        channel.close();
    }
}
