/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.http.framing.Http2End;
import io.podtap.sensor.parse.http.framing.Http2Frames;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Follows one connection of HTTP/2 in clear text. After a gap, and when the connection was joined
 * in the middle, it goes on with the next frame that is recognised; requests and answers are told
 * apart by their streams, so none is given to another. One thread.
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

  /** Heap of this object with its two ends and its table of streams. */
  private static final long BYTES = 512;

  /** Streams at a time; the oldest is written to make room. */
  private static final int STREAMS_MAX = 512;

  private final HttpProtocol protocol;
  private final Session session;
  private final Http2End client;
  private final Http2End server;
  private final Map<Integer, Http2Stream> streams = new LinkedHashMap<>();
  private final Payload view = new Payload();
  private int depth;
  private long missedBytes;
  private boolean failed;

  /** Whether a frame was read: what is lost before that may be of any protocol. */
  private boolean understood;

  /**
   * @param prefaceRead whether the client's first line was taken already
   */
  Http2Parser(HttpProtocol protocol, Session session, boolean prefaceRead) {
    this.protocol = protocol;
    this.session = session;
    this.client =
        new Http2End(true, prefaceRead ? PREFACE_REST_LENGTH : PREFACE_LENGTH, session.account());
    this.server = new Http2End(/* isClient= */ false, 0, session.account());
    session.account().take(BYTES);
  }

  /** Follows a connection whose beginning was not seen. */
  static Http2Parser joined(HttpProtocol protocol, Session session) {
    Http2Parser parser = new Http2Parser(protocol, session, /* prefaceRead= */ true);
    parser.client.join();
    parser.server.join();
    return parser;
  }

  /**
   * Follows a connection that was upgraded: its first stream answers the request that asked for it.
   *
   * @see "RFC 7540 section 3.2"
   */
  static Http2Parser upgraded(HttpProtocol protocol, Session session, HttpTransaction request) {
    Http2Parser parser = new Http2Parser(protocol, session, /* prefaceRead= */ false);
    Http2Stream first = new Http2Stream(protocol, session, request);
    first.end(true);
    request.status = LogSchema.UNSET; // the answer follows
    request.statusText = null;
    parser.depth = request.depth;
    parser.streams.put(1, first);
    return parser;
  }

  /**
   * Follows a connection behind the first line of the client's preface.
   *
   * @param isServerLost whether the beginning of what the server sends is missing
   */
  static Http2Parser begun(HttpProtocol protocol, Session session, boolean isServerLost) {
    Http2Parser parser = new Http2Parser(protocol, session, /* prefaceRead= */ true);
    if (isServerLost) {
      parser.server.join();
    }
    return parser;
  }

  /** Drops all that it keeps: the connection is another protocol's. */
  void release() {
    client.release();
    server.release();
    session.account().giveBack(BYTES);
  }

  /** Returns whether a frame was found, of a connection that was joined. */
  boolean isFound() {
    return client.heard || server.heard;
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    Http2End end = fromOriginator ? client : server;
    Payload frames = data;
    if (end.again.beginSegment()) {
      Payload found = end.again.find(data);
      if (found == null) {
        return;
      }
      long skipped = end.again.takeSkippedBytes();
      missedBytes += skipped;
      if (skipped > 0) {
        streams.values().forEach(stream -> stream.lose(end.isClient));
      }
      frames = found;
    }
    while (!frames.isEmpty() && !failed) {
      if (end.skip > 0) {
        int count = Math.min(end.skip, frames.length());
        end.skip -= count;
        frames.skip(count);
        if (end.skip == 0 && end.type >= 0 && end.left == 0) {
          frameEnd(end);
        }
      } else if (end.type < 0) {
        frameHeader(end, frames);
      } else {
        frameContent(end, frames);
      }
    }
  }

  private void frameHeader(Http2End end, Payload data) {
    Payload header = end.header.take(data, Http2Frames.HEADER);
    if (header == null) {
      return;
    }
    boolean first = !end.heard && !end.isJoined;
    if (end.isJoined && Http2Frames.frameBytes(header, 0) == Resynchronizer.NONE) {
      lose(end, (long) Http2Frames.HEADER + data.length()); // what was found was no frame
      data.skip(data.length());
      return;
    }
    end.begin(header);
    if (first && (end.type != SETTINGS || end.streamId != 0)) {
      failed = true;
      session.violation("HTTP/2 does not begin with settings");
      return;
    }
    if (end.type == HEADERS || end.type == PUSH_PROMISE) {
      end.beginBlock();
    }
    if (end.left == 0) {
      frameEnd(end);
    }
  }

  private void frameContent(Http2End end, Payload data) {
    if (end.atStart) {
      start(end, data);
      if (end.left == 0 && end.skip == 0) {
        frameEnd(end);
      }
      return;
    }
    int count = Math.min(end.left, data.length());
    int useful = Math.min(count, Math.max(0, end.left - end.padding));
    switch (end.type) {
      case DATA -> {
        Http2Stream stream = streams.get(end.streamId);
        if (stream != null && useful > 0) {
          stream.data(end.isClient, view.wrap(data, 0, useful));
        }
      }
      case HEADERS, CONTINUATION, PUSH_PROMISE -> end.keep(data, useful);
      default -> {}
    }
    data.skip(count);
    end.left -= count;
    if (end.left == 0) {
      frameEnd(end);
    }
  }

  /** Reads the length of the padding and steps over the priority, which come first. */
  private static void start(Http2End end, Payload data) {
    end.atStart = false;
    boolean mayBePadded = end.type == DATA || end.type == HEADERS || end.type == PUSH_PROMISE;
    if (mayBePadded && (end.flags & FLAG_PADDED) != 0) {
      end.padding = data.u8(0);
      data.skip(1);
      end.left--;
    }
    int fixed = 0;
    if (end.type == HEADERS && (end.flags & FLAG_PRIORITY) != 0) {
      fixed = 5;
    } else if (end.type == PUSH_PROMISE) {
      fixed = 4;
    }
    end.skip = Math.min(fixed, end.left);
    end.left -= end.skip;
  }

  private void frameEnd(Http2End end) {
    understood = true;
    int type = end.type;
    end.type = -1;
    switch (type) {
      case HEADERS, CONTINUATION, PUSH_PROMISE -> {
        end.isPromise = type == PUSH_PROMISE || (type == CONTINUATION && end.isPromise);
        if ((end.flags & FLAG_END_HEADERS) != 0) {
          blockEnd(end);
        }
      }
      case RESET_STREAM -> finish(end.streamId);
      default -> {}
    }
    boolean ends = (type == DATA || type == HEADERS) && (end.flags & FLAG_END_STREAM) != 0;
    if (ends && type == HEADERS && (end.flags & FLAG_END_HEADERS) == 0) {
      end.endsBehindBlock = true; // what continues the block comes first
      return;
    }
    ends |= type == CONTINUATION && end.endsBehindBlock && (end.flags & FLAG_END_HEADERS) != 0;
    Http2Stream stream = ends ? streams.get(end.streamId) : null;
    if (stream != null && stream.end(end.isClient)) {
      finish(end.streamId);
    }
  }

  /** A promised request is read past: only what was asked for is a record. */
  private void blockEnd(Http2End end) {
    Http2Stream stream = end.isPromise ? null : stream(end.streamId);
    boolean sensible =
        end.decode((name, value) -> {
          if (stream != null) {
            stream.field(end.isClient, name, value);
          }
        });
    if (stream != null) {
      stream.headEnd(end.isClient, sensible ? end.unknownFields() : 1);
    }
    if (!sensible) {
      end.loseTable();
      session.weird("podtap_HTTP2_lost", "", "");
    }
    if (stream != null) {
      stream.transaction.account();
    }
    session.confirmJoined(HttpProtocol.SERVICE);
  }

  private Http2Stream stream(int id) {
    Http2Stream known = streams.get(id);
    if (known == null) {
      if (streams.size() == STREAMS_MAX) {
        finish(streams.keySet().iterator().next());
      }
      HttpTransaction transaction =
          new HttpTransaction(session.account(), session.flow(), ++depth, session.nowNs());
      transaction.missedBytes = missedBytes;
      missedBytes = 0;
      known = new Http2Stream(protocol, session, transaction);
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
    if (client.again.isSeeking()) {
      stream.lose(/* fromClient= */ true);
    }
    if (server.again.isSeeking()) {
      stream.lose(/* fromClient= */ false);
    }
    stream.finish();
    protocol.write(stream.transaction);
    stream.release();
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    Http2End end = fromOriginator ? client : server;
    long beyond = length;
    if (!end.again.isSeeking() && end.type >= 0) {
      beyond = gapInFrame(end, length);
    } else if (!end.again.isSeeking() && end.skip > 0) {
      int count = (int) Math.min(end.skip, beyond);
      end.skip -= count; // of the preface
      beyond -= count;
    }
    if (beyond > 0) {
      lose(end, beyond);
    }
  }

  /** Leaves out what is missing of a frame whose length is known; returns what lies behind it. */
  private long gapInFrame(Http2End end, long length) {
    int count = (int) Math.min(length, (long) end.skip + end.left);
    int ofContent = Math.max(0, count - end.skip);
    int unpadded = Math.min(ofContent, Math.max(0, end.left - end.padding));
    end.skip = Math.max(0, end.skip - count);
    end.left -= ofContent;
    Http2Stream stream = streams.get(end.streamId);
    switch (end.type) {
      case DATA -> {
        if (stream != null && end.atStart && (end.flags & FLAG_PADDED) != 0) {
          stream.lose(end.isClient); // how much of it is padding is unknown
        } else if (stream != null) {
          stream.gap(end.isClient, unpadded);
        }
      }
      case HEADERS, CONTINUATION, PUSH_PROMISE -> end.loseBlock();
      default -> {}
    }
    end.atStart = false;
    if (end.skip + end.left == 0) {
      frameEnd(end);
    }
    return length - count;
  }

  /** What follows is not understood until the next frame is found; headers may be missing. */
  private void lose(Http2End end, long length) {
    missedBytes += length;
    end.lose();
    streams.values().forEach(stream -> stream.lose(end.isClient));
    if (understood) {
      session.weird("podtap_HTTP2_lost", "", "");
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
