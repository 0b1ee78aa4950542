package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Account;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
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
  final Headers headers;
  State state = State.START_LINE;
  long left;

  /** The transaction whose message is under way, and its content once there is any. */
  @Nullable Transaction transaction;

  @Nullable Message message;

  /** Whether anything came at all. */
  boolean heard;

  HttpEnd(boolean isClient, Account account) {
    this.isClient = isClient;
    this.lines = new Gather(LINE_MAX, account);
    this.headers = new Headers(account);
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
