import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Repeats capture files in turn, each time as if they had been taken later, so that a program reads for long enough to be
 * compiled: what the compiler has learned goes into the program's ahead-of-time cache.
 *
 * <p>Run as {@code java RepeatedCapture.java TIMES TARGET SOURCE...}, on pcap files in the order of bytes of little machines
 * and of one precision.
 */
final class RepeatedCapture {

  private static final int FILE_HEADER_LENGTH = 24;
  private static final int PACKET_HEADER_LENGTH = 16;

  /** Longer than one of the captures takes: its connections are over when they come again. */
  private static final int SECONDS_BETWEEN = 3;

  private RepeatedCapture() {}

  public static void main(String[] arguments) throws IOException {
    int times = Integer.parseInt(arguments[0]);
    List<ByteBuffer> sources = new ArrayList<>();
    for (String name : List.of(arguments).subList(2, arguments.length)) {
      sources.add(ByteBuffer.wrap(Files.readAllBytes(Path.of(name))).order(ByteOrder.LITTLE_ENDIAN));
    }
    int magic = sources.getFirst().getInt(0);
    int seconds = sources.getFirst().getInt(FILE_HEADER_LENGTH);
    try (OutputStream target = Files.newOutputStream(Path.of(arguments[1]))) {
      target.write(sources.getFirst().array(), 0, FILE_HEADER_LENGTH);
      for (int i = 0; i < times; i++) {
        for (ByteBuffer source : sources) {
          if (source.getInt(0) != magic) {
            throw new IOException("captures of different precision or order of bytes");
          }
          delay(source, seconds - source.getInt(FILE_HEADER_LENGTH));
          target.write(source.array(), FILE_HEADER_LENGTH, source.limit() - FILE_HEADER_LENGTH);
          seconds += SECONDS_BETWEEN;
        }
      }
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("no whole pcap file", e);
    }
  }

  private static void delay(ByteBuffer packets, int seconds) {
    int at = FILE_HEADER_LENGTH;
    while (at < packets.limit()) {
      packets.putInt(at, packets.getInt(at) + seconds);
      at += PACKET_HEADER_LENGTH + packets.getInt(at + 8);
    }
  }
}
