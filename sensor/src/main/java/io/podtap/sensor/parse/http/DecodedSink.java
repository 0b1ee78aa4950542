package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Payload;
import java.lang.foreign.MemorySegment;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses content on its way, as much of it as is bearable. One thread.
 *
 * @see "RFC 1952; RFC 1950; RFC 9110 section 8.4"
 */
final class DecodedSink implements ContentSink {

  /** Bytes that one message's content may become. */
  private static final long DECODED_BYTES_MAX = 256L << 20;

  private static final int CHUNK_BYTES = 16 << 10;

  private final ContentSink target;
  private final Message message;
  private final boolean gzip;
  private final byte[] decoded;
  private final MemorySegment decodedSegment;
  private final Payload view = new Payload();
  private @Nullable Inflater inflater;
  private final GzipHead head = new GzipHead();
  private long decodedBytes;
  private boolean over;

  /**
   * @param decoded room to work in, which sinks of one analysis share: it holds nothing between
   *     calls
   */
  DecodedSink(Message message, ContentSink target, boolean gzip, byte[] decoded) {
    this.message = message;
    this.target = target;
    this.gzip = gzip;
    this.decoded = decoded;
    this.decodedSegment = MemorySegment.ofArray(decoded);
  }

  static byte[] room() {
    return new byte[CHUNK_BYTES];
  }

  @Override
  public void data(Payload data) {
    if (over || (gzip && !head.skip(data))) {
      return;
    }
    Inflater working = inflater;
    if (working == null) {
      // Some servers call a bare deflate stream "deflate" (RFC 9110 section 8.4.1.2).
      boolean wrapped = !gzip && (data.u8(0) & 0x0F) == 8 && data.u16(0) % 31 == 0;
      working = new Inflater(!wrapped);
      inflater = working;
    }
    if (data.isEmpty()) {
      return;
    }
    try {
      working.setInput(data.copy(0, data.length()));
      inflate(working);
    } catch (DataFormatException e) {
      message.weird("inflate_failed", "");
      stop();
    }
  }

  private void inflate(Inflater working) throws DataFormatException {
    while (!over) {
      int count = working.inflate(decoded);
      if (count > 0) {
        decodedBytes += count;
        target.data(view.wrap(decodedSegment, 0, count));
      }
      if (decodedBytes >= DECODED_BYTES_MAX) {
        message.weird("inflate_data_too_large", "");
        stop();
      } else if (working.finished() || (count == 0 && working.needsDictionary())) {
        stop();
      } else if (count == 0) {
        return;
      }
    }
  }

  /** What lies behind a hole cannot be decompressed. */
  @Override
  public void gap(long length) {
    target.gap(length);
    stop();
  }

  private void stop() {
    over = true;
    if (inflater != null) {
      inflater.end();
      inflater = null;
    }
  }

  @Override
  public void end() {
    stop();
    target.end();
  }
}
