package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Account;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import org.jspecify.annotations.Nullable;

/** How far one end of a connection is with its messages. One thread. */
final class HttpEnd {

  /** Bytes of a line of a head. */
  private static final int LINE_MAX = 32 << 10;

  /** What comes next. */
  enum State {
    START_LINE,
    HEADERS,
    /** Content of a known length: {@link #left}. */
    CONTENT,
    CONTENT_UNTIL_END,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER,
    /** A piece is missing; the next message that is recognised goes on. */
    LOST,
    /** Nothing that is understood. */
    OFF
  }

  final boolean isClient;
  final Gather lines;
  final HeaderFields headers;
  State state = State.START_LINE;
  long left;

  /** The transaction whose message is under way, and its content once there is any. */
  @Nullable HttpTransaction transaction;

  @Nullable Message message;

  /** Whether anything came at all. */
  boolean heard;

  HttpEnd(boolean isClient, Account account) {
    this.isClient = isClient;
    this.lines = new Gather(LINE_MAX, account);
    this.headers = new HeaderFields(account);
  }

  /** Hands on content that is there; returns whether all of it has come. */
  boolean content(Payload data, Payload view) {
    int count = (int) Math.min(left, data.length());
    left -= count;
    if (message != null) {
      message.data(view.wrap(data, 0, count));
    }
    data.skip(count);
    return left == 0;
  }

  /** Returns whether the head says that the content comes in chunks. */
  boolean isChunked() {
    return headers.mentions(HttpHeader.TRANSFER_ENCODING, "chunked");
  }

  /** Returns the size that a line gives in hexadecimal digits; -1 when it begins with none. */
  static long chunkSize(Payload line) {
    int at = 0;
    long size = 0;
    while (Character.digit(line.u8(at), 16) >= 0 && size < 1L << 56) {
      size = size << 4 | Character.digit(line.u8(at), 16);
      at++;
    }
    return at == 0 ? -1 : size;
  }

  /**
   * Begins the content of the message whose head is complete.
   *
   * @param length as the head says, or -1
   */
  void begin(Session session, HttpProtocol protocol, long length) {
    if (transaction != null) {
      message =
          new Message(
              session, protocol.files, transaction, isClient, headers, length, protocol.inflaters);
    }
  }

  /** Returns whether content comes next, of which {@link #left} bytes belong together. */
  boolean isInContent() {
    return state == State.CONTENT || state == State.CHUNK || state == State.CONTENT_UNTIL_END;
  }

  /** Leaves out content that is missing, {@link #left} at most. */
  void gap(long length) {
    left -= length;
    if (message != null) {
      message.gap(length);
    }
  }

  /** Gives up the rest of the message under way, of whatever length it is. */
  void loseContent() {
    if (message != null && state == State.CONTENT) {
      message.gap(left); // all of it that was to come
    } else if (message != null) {
      message.loseLength();
    } else if (transaction != null) {
      transaction.loseLength(isClient);
    }
  }

  /** Ends the message under way. */
  void finish() {
    if (message != null) {
      message.end();
      message = null;
    }
    transaction = null;
    headers.clear();
    if (lines.held() == 0) {
      lines.clear();
    }
    left = 0;
  }
}
