package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Account;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Holdings;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Follows one connection of HTTP/2 in clear text. One thread.
 *
 * <pre>
 * +-----------------------------------------------+
 * |                 Length (24)                   |
 * +---------------+---------------+---------------+
 * |   Type (8)    |   Flags (8)   |
 * +-+-------------+---------------+-------------------------------+
 * |R|                 Stream Identifier (31)                      |
 * +=+=============================================================+
 * </pre>
 *
 * @see "RFC 9113 section 4"
 */
final class Http2Parser implements StreamParser {

  private static final int FRAME_HEADER_LENGTH = 9;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RESET_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PUSH_PROMISE = 5;
  private static final int CONTINUATION = 9;

  private static final int FLAG_END_STREAM = 0x1;
  private static final int FLAG_END_HEADERS = 0x4;
  private static final int FLAG_PADDED = 0x8;
  private static final int FLAG_PRIORITY = 0x20;

  private static final int PREFACE_LENGTH = 24;

  /** What stays of the preface behind its first line. */
  private static final int PREFACE_REST_LENGTH = 8;

  /** Bytes of a block of header fields, in all its frames. */
  private static final int BLOCK_MAX = 64 << 10;

  private static final int BLOCK_FIRST = 256;

  /** Streams at a time; the oldest is written to make room. */
  private static final int STREAMS_MAX = 512;

  private final HttpProtocol protocol;
  private final Session session;
  private final Direction client;
  private final Direction server;
  private final Map<Integer, Http2Stream> streams = new LinkedHashMap<>();
  private final Payload view = new Payload();
  private int depth;
  private boolean failed;

  /** One direction's place in its frames. */
  private static final class Direction {
    final boolean isClient;
    final Gather header;
    final Hpack hpack;
    final Holdings blockHeld;
    byte[] block = new byte[BLOCK_FIRST];
    int blockLength;
    int skip;
    int type = -1;
    int flags;
    int streamId;
    int left;
    int padding;
    boolean atStart;
    boolean isLost;
    boolean heard;

    Direction(boolean isClient, int skip, Account account) {
      this.isClient = isClient;
      this.skip = skip;
      this.header = new Gather(FRAME_HEADER_LENGTH, account);
      this.hpack = new Hpack(account);
      this.blockHeld = new Holdings(account);
      blockHeld.set(HeapSize.bytes(BLOCK_FIRST));
    }
  }

  /**
   * @param prefaceRead whether the client's first line was taken already
   */
  Http2Parser(HttpProtocol protocol, Session session, boolean prefaceRead) {
    this.protocol = protocol;
    this.session = session;
    this.client =
        new Direction(true, prefaceRead ? PREFACE_REST_LENGTH : PREFACE_LENGTH, session.account());
    this.server = new Direction(/* isClient= */ false, 0, session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    Direction direction = fromOriginator ? client : server;
    while (!data.isEmpty() && !direction.isLost && !failed) {
      if (direction.skip > 0) {
        int count = Math.min(direction.skip, data.length());
        direction.skip -= count;
        data.skip(count);
      } else if (direction.type < 0) {
        frameHeader(direction, data);
      } else {
        frameContent(direction, data);
      }
    }
  }

  private void frameHeader(Direction direction, Payload data) {
    Payload header = direction.header.take(data, FRAME_HEADER_LENGTH);
    if (header == null) {
      return;
    }
    direction.left = header.u24(0);
    direction.type = header.u8(3);
    direction.flags = header.u8(4);
    direction.streamId = (int) header.u32(5) & Integer.MAX_VALUE;
    direction.padding = 0;
    direction.atStart = true;
    if (!direction.heard && (direction.type != SETTINGS || direction.streamId != 0)) {
      failed = true;
      session.violation("HTTP/2 does not begin with settings");
      return;
    }
    direction.heard = true;
    if (direction.type == HEADERS || direction.type == PUSH_PROMISE) {
      direction.blockLength = 0;
    }
    if (direction.left == 0) {
      frameEnd(direction);
    }
  }

  private void frameContent(Direction direction, Payload data) {
    if (direction.atStart) {
      start(direction, data);
      if (direction.left == 0) {
        frameEnd(direction);
      }
      return;
    }
    int count = Math.min(direction.left, data.length());
    int useful = Math.min(count, Math.max(0, direction.left - direction.padding));
    switch (direction.type) {
      case DATA -> {
        Http2Stream stream = streams.get(direction.streamId);
        if (stream != null && useful > 0) {
          stream.data(direction.isClient, view.wrap(data, 0, useful));
        }
      }
      case HEADERS, CONTINUATION, PUSH_PROMISE -> keep(direction, data, useful);
      default -> {}
    }
    data.skip(count);
    direction.left -= count;
    if (direction.left == 0) {
      frameEnd(direction);
    }
  }

  /** Reads the length of the padding and steps over the priority, which come first. */
  private static void start(Direction direction, Payload data) {
    direction.atStart = false;
    boolean mayBePadded =
        direction.type == DATA || direction.type == HEADERS || direction.type == PUSH_PROMISE;
    if (mayBePadded && (direction.flags & FLAG_PADDED) != 0) {
      direction.padding = data.u8(0);
      data.skip(1);
      direction.left--;
    }
    int fixed = 0;
    if (direction.type == HEADERS && (direction.flags & FLAG_PRIORITY) != 0) {
      fixed = 5;
    } else if (direction.type == PUSH_PROMISE) {
      fixed = 4;
    }
    direction.skip = Math.min(fixed, direction.left);
    direction.left -= direction.skip;
  }

  private void keep(Direction direction, Payload data, int count) {
    int needed = direction.blockLength + count;
    if (needed > BLOCK_MAX) {
      lose(direction);
      return;
    }
    if (needed > direction.block.length) {
      direction.block = Arrays.copyOf(direction.block, Math.min(BLOCK_MAX, 2 * needed));
      direction.blockHeld.set(HeapSize.bytes(direction.block.length));
    }
    data.copyTo(0, direction.block, direction.blockLength, count);
    direction.blockLength = needed;
  }

  private void frameEnd(Direction direction) {
    int type = direction.type;
    direction.type = -1;
    switch (type) {
      case HEADERS, CONTINUATION, PUSH_PROMISE -> {
        if ((direction.flags & FLAG_END_HEADERS) != 0) {
          blockEnd(direction, type == PUSH_PROMISE);
        }
      }
      case RESET_STREAM -> finish(direction.streamId);
      default -> {}
    }
    boolean ends = (type == DATA || type == HEADERS) && (direction.flags & FLAG_END_STREAM) != 0;
    Http2Stream stream = ends ? streams.get(direction.streamId) : null;
    if (stream != null && stream.end(direction.isClient)) {
      finish(direction.streamId);
    }
  }

  /** A promised request is read past: only what was asked for is a record. */
  private void blockEnd(Direction direction, boolean promised) {
    Http2Stream stream = promised ? null : stream(direction.streamId);
    boolean sensible =
        direction.hpack.decode(
            direction.block,
            direction.blockLength,
            (name, value) -> {
              if (stream != null) {
                stream.field(direction.isClient, name, value);
              }
            });
    direction.blockLength = 0;
    if (!sensible) {
      lose(direction);
      return;
    }
    if (stream != null) {
      stream.transaction.account();
    }
    session.confirm(Service.HTTP);
  }

  private Http2Stream stream(int id) {
    Http2Stream known = streams.get(id);
    if (known == null) {
      if (streams.size() == STREAMS_MAX) {
        finish(streams.keySet().iterator().next());
      }
      known =
          new Http2Stream(
              protocol,
              session,
              new Transaction(session.account(), session.flow(), ++depth, session.nowNs()));
      streams.put(id, known);
    }
    return known;
  }

  private void finish(int id) {
    Http2Stream stream = streams.remove(id);
    if (stream != null) {
      write(stream);
    }
  }

  private void write(Http2Stream stream) {
    stream.end(true);
    stream.end(/* fromClient= */ false);
    protocol.write(stream.transaction);
    stream.release();
  }

  /** What follows cannot be understood any more: the table of fields is not the sender's. */
  private void lose(Direction direction) {
    direction.isLost = true;
    session.weird("HTTP2_lost", "");
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    Direction direction = fromOriginator ? client : server;
    @Nullable Http2Stream stream = streams.get(direction.streamId);
    if (direction.type == DATA && !direction.atStart && length < direction.left) {
      direction.left -= (int) length;
      if (stream != null) {
        stream.gap(fromOriginator, length);
      }
    } else if (!direction.isLost) {
      lose(direction);
    }
  }

  @Override
  public void onFlowEnd() {
    Iterator<Http2Stream> open = streams.values().iterator();
    while (open.hasNext()) {
      write(open.next());
      open.remove();
    }
  }
}
