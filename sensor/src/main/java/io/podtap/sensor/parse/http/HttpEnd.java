/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.LineEnds;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import org.jspecify.annotations.Nullable;

/** How far one end of a connection is with its messages. One thread. */
final class HttpEnd {

  /** Bytes of a line of a head. */
  private static final int LINE_MAX = 32 << 10;

  /** Bytes of the line before a chunk that are shown. */
  private static final int CHUNK_LINE_MAX = 256;

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

  /** Whether the content at hand may not come although its length is known: of a HEAD. */
  boolean mayHaveNoContent;

  /** Whether anything came at all. */
  boolean heard;

  /** Hashes of the last headers that named a program. */
  private long software;

  private long otherSoftware;

  HttpEnd(boolean isClient, HeapAccount account) {
    this.isClient = isClient;
    this.lines = new Gather(LINE_MAX, account);
    this.headers = new HeaderFields(account);
  }

  /** Takes a line, or returns null; notes what is weird about its end or its length. */
  @Nullable Payload takeLine(Session session, LineEnds lineEnds, Payload data) {
    lineEnds.look(session, lines, data);
    Payload line = lines.takeLine(data);
    if (line == null && lines.isFull()) {
      session.weird("contentline_size_exceeded", "", "CONTENTLINE");
    }
    return line;
  }

  /** Says that the headers of a request follow. */
  void beginHead(HttpTransaction request) {
    transaction = request;
    state = State.HEADERS;
  }

  /**
   * Takes a line of the head of the message under way.
   *
   * @param isFolded whether the next line goes on with this one, as far as that can be seen
   */
  void header(
      HttpProtocol protocol,
      Session session,
      Persistence persistence,
      Payload line,
      boolean isFolded) {
    protocol.tellHeader(session, this, line);
    HttpTransaction known = transaction;
    if (known != null && !known.isEntityOpen && state == State.HEADERS) {
      session.weird("missing_HTTP_entity", "", "HTTP");
    }
    HttpHeader header = headers.line(line, isFolded);
    if (header != null && isClient && known != null) {
      persistence.requestHeader(header, headers.get(header));
      known.requestHeader(session, header, headers.get(header));
    }
  }

  /** Returns whether a header that names a program is none of the last two of this end. */
  boolean isNewSoftware(Payload line) {
    HttpTransaction known = transaction;
    if (known != null && known.depth % HttpProtocol.REQUESTS_BETWEEN == 0) {
      software = 0;
      otherSoftware = 0;
    }
    long hash = line.hash();
    if (hash == software || hash == otherSoftware) {
      return false;
    }
    otherSoftware = software;
    software = hash;
    return true;
  }

  /** Returns whether the next answer begins where the content of one may have been. */
  boolean isWithoutContent(Payload data) {
    boolean isOpen = mayHaveNoContent;
    mayHaveNoContent = false;
    return isOpen && data.begins("HTTP/1.");
  }

  /** Hands on content that is there; returns whether all of it has come. */
  boolean content(Payload data, Payload view) {
    int count = (int) Math.min(left, data.length());
    left -= count;
    if (message != null) {
      message.data(view.wrap(data, 0, count));
    }
    data.skip(count);
    if (left == 0 && message != null && state == State.CONTENT) {
      message.complete();
    }
    return left == 0;
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

  /** Begins the content, as its head says where it ends. */
  void beginContent(Session session, HttpProtocol protocol, BodyLength body) {
    if (body.isChunked()) {
      state = State.CHUNK_SIZE;
      begin(session, protocol, -1);
      return;
    }
    long length = body.length();
    state = length > 0 ? State.CONTENT : State.CONTENT_UNTIL_END;
    left = length > 0 ? length : Long.MAX_VALUE;
    begin(session, protocol, length);
    boolean isUntilEnd = state == State.CONTENT_UNTIL_END && !isClient;
    if (message != null && isUntilEnd && !isClosing() && headers.boundary().isEmpty()) {
      message.countLines();
    }
  }

  private boolean isClosing() {
    return BodyLength.token(headers.get(HttpHeader.CONNECTION)).equalsIgnoreCase("close");
  }

  /** Takes the line before a chunk; one without a size stands for the last chunk. */
  void beginChunk(Session session, Payload line) {
    long size = NumberText.read(line, 16);
    if (size == NumberText.NONE) {
      session.weird("HTTP_bad_chunk_size", line.text(0, CHUNK_LINE_MAX));
    }
    state = size > 0 ? State.CHUNK : State.TRAILER;
    left = Math.max(0, size);
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
    if (message != null && state == State.CONTENT && !mayHaveNoContent) {
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
