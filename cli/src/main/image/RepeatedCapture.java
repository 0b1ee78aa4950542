import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Repeats a capture file, each time as if it had been taken later, so that a program reads for long enough to be compiled:
 * what the compiler has learned goes into the program's ahead-of-time cache.
 *
 * <p>Run as {@code java RepeatedCapture.java SOURCE TARGET TIMES}, on a pcap file in the order of bytes of little machines.
 */
final class RepeatedCapture {

  private static final int FILE_HEADER_LENGTH = 24;
  private static final int PACKET_HEADER_LENGTH = 16;

  /** Longer than the demo's capture takes: its connections are over when they come again. */
  private static final int SECONDS_BETWEEN = 3;

  private RepeatedCapture() {}

  public static void main(String[] arguments) throws IOException {
    byte[] source = Files.readAllBytes(Path.of(arguments[0]));
    int times = Integer.parseInt(arguments[2]);
    ByteBuffer packets = ByteBuffer.wrap(source).order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream target = Files.newOutputStream(Path.of(arguments[1]))) {
      target.write(source, 0, FILE_HEADER_LENGTH);
      for (int i = 0; i < times; i++) {
        target.write(source, FILE_HEADER_LENGTH, source.length - FILE_HEADER_LENGTH);
        delay(packets);
      }
    } catch (IndexOutOfBoundsException e) {
      throw new IOException(arguments[0] + " is no whole pcap file", e);
    }
  }

  private static void delay(ByteBuffer packets) {
    int at = FILE_HEADER_LENGTH;
    while (at < packets.limit()) {
      packets.putInt(at, packets.getInt(at) + SECONDS_BETWEEN);
      at += PACKET_HEADER_LENGTH + packets.getInt(at + 8);
    }
  }
}
