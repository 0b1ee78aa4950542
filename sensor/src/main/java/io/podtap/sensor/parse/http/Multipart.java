/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.http.content.ContentSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Takes a multipart message apart: each part's content is a file, a part may be multipart again.
 *
 * <p>Only the first bytes of a line that may be a boundary are kept. One thread.
 *
 * @see "RFC 2046 section 5.1.1"
 */
final class Multipart implements ContentSink {

  private static final int DEPTH_MAX = 100;
  private static final int LINE_MAX = 8 << 10;

  /** "--", a boundary, "--" and blanks: more than that is no boundary. */
  private static final int HEAD_MAX = 256;

  /** Heap of this object and of what it always has. */
  private static final long BYTES = 256 + HEAD_MAX;

  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] LF = {'\n'};
  private static final byte[] RETURN = {'\r'};

  /**
   * A multipart message that is open.
   *
   * @param depth messages around its parts
   */
  private record Level(String boundary, int depth) {}

  private enum State {
    PREAMBLE,
    HEADERS,
    BODY,
    EPILOGUE
  }

  private final Message message;
  private final Deque<Level> levels = new ArrayDeque<>();
  private final HeaderFields headers;
  private final Gather lines;
  private final HeldHeap held;
  private final byte[] head = new byte[HEAD_MAX];
  private final Payload view = new Payload();
  private State state;
  private int headLength;
  private boolean atLineStart = true;
  private int depth = 1;
  private boolean tooDeep;

  /** The end of the last line, which belongs to the content unless a boundary follows. */
  private byte @Nullable [] lineEnd;

  private boolean returnPending;
  private @Nullable ContentSink part;

  /** Begins with a multipart message. */
  Multipart(Message message, String boundary) {
    this(message, State.PREAMBLE);
    push(new Level(boundary, depth));
  }

  /** Begins with a message that has a head of its own (RFC 2046 section 5.2.1). */
  Multipart(Message message) {
    this(message, State.HEADERS);
  }

  private Multipart(Message message, State state) {
    this.message = message;
    this.state = state;
    this.headers = new HeaderFields(message.account());
    this.lines = new Gather(LINE_MAX, message.account());
    this.held = new HeldHeap(message.account());
    held.add(BYTES);
  }

  private void push(Level level) {
    levels.push(level);
    held.grow(32 + HeapSize.text(level.boundary)); // given back at the end
  }

  @Override
  public void data(Payload data) {
    while (!data.isEmpty()) {
      if (state == State.HEADERS) {
        headers(data);
      } else if (atLineStart) {
        lineStart(data);
      } else {
        restOfLine(data);
      }
    }
  }

  private void headers(Payload data) {
    Payload line = lines.takeLine(data);
    if (line == null) {
      if (lines.isFull()) {
        lines.clear(); // a line beyond all measure counts as several
      }
    } else if (line.isEmpty()) {
      beginContent();
    } else {
      headers.line(line, /* isFolded= */ false); // noted of whole messages alone
    }
  }

  private void beginContent() {
    if (headers.has(HttpHeader.TRANSFER_ENCODING)) {
      message.weird("HTTP_nested_transfer_encoding_header", "");
    }
    String boundary = headers.boundary();
    lines.clear();
    state = State.BODY;
    atLineStart = true;
    headLength = 0;
    lineEnd = null;
    part = null;
    if (isMessage(headers)) {
      if (isNotTooDeep()) {
        depth++;
        headers.clear();
        state = State.HEADERS;
      }
    } else if (boundary.isEmpty()) {
      part = new FileSink(message, headers, /* totalBytes= */ -1);
    } else if (isNotTooDeep()) {
      depth++;
      push(new Level(boundary, depth));
      state = State.PREAMBLE;
    }
  }

  /** Returns whether the content is a message with a head of its own. */
  static boolean isMessage(HeaderFields headers) {
    return headers.mentions(HttpHeader.CONTENT_TYPE, "message/rfc822");
  }

  private boolean isNotTooDeep() {
    if (depth >= DEPTH_MAX && !tooDeep) {
      tooDeep = true;
      message.weird("exceeded_mime_max_depth", String.valueOf(DEPTH_MAX));
    }
    return depth < DEPTH_MAX;
  }

  /** Collects the start of a line until it is certain whether it is a boundary. */
  private void lineStart(Payload data) {
    while (!data.isEmpty()) {
      int c = data.u8(0);
      boolean mayBe = headLength < 2 ? c == '-' : headLength < HEAD_MAX;
      if (!mayBe) {
        notABoundary();
        return;
      }
      data.skip(1);
      if (c == '\n') {
        boundaryLine();
        return;
      }
      head[headLength++] = (byte) c;
    }
  }

  private void notABoundary() {
    atLineStart = false;
    flushLineEnd();
    content(view.wrap(head, 0, headLength));
    headLength = 0;
  }

  private void boundaryLine() {
    String line = new String(head, 0, headLength, StandardCharsets.ISO_8859_1).stripTrailing();
    int above = 0;
    for (Level level : levels) {
      String boundary = level.boundary;
      boolean last = line.length() == boundary.length() + 4 && line.endsWith("--");
      if (line.startsWith(boundary, 2) && (last || line.length() == boundary.length() + 2)) {
        endPart();
        for (int i = 0; i < above; i++) {
          levels.pop();
        }
        depth = level.depth;
        afterBoundary(last);
        return;
      }
      above++;
    }
    boolean withReturn = headLength > 0 && head[headLength - 1] == '\r';
    flushLineEnd();
    content(view.wrap(head, 0, headLength - (withReturn ? 1 : 0)));
    lineEnd = withReturn ? CRLF : LF;
    headLength = 0;
  }

  private void afterBoundary(boolean last) {
    headLength = 0;
    lineEnd = null;
    if (!last) {
      headers.clear();
      state = State.HEADERS;
    } else if (levels.size() > 1) {
      levels.pop();
      state = State.PREAMBLE; // the rest of the outer part
    } else {
      state = State.EPILOGUE;
    }
  }

  private void restOfLine(Payload data) {
    int newline = data.indexOf('\n', 0);
    int end = newline < 0 ? data.length() : newline;
    if (returnPending && end > 0) {
      returnPending = false;
      content(new Payload(RETURN));
    }
    boolean endsWithReturn = end > 0 && data.u8(end - 1) == '\r';
    content(view.wrap(data, 0, endsWithReturn ? end - 1 : end));
    if (newline < 0) {
      returnPending |= endsWithReturn;
    } else {
      lineEnd = endsWithReturn || returnPending ? CRLF : LF;
      returnPending = false;
      atLineStart = true;
    }
    data.skip(newline < 0 ? end : end + 1);
  }

  private void flushLineEnd() {
    byte[] pending = lineEnd;
    if (pending != null) {
      lineEnd = null;
      content(new Payload(pending));
    }
  }

  private void content(Payload bytes) {
    if (state == State.BODY && part != null && !bytes.isEmpty()) {
      part.data(bytes);
    }
  }

  private void endPart() {
    if (part != null) {
      part.end();
      part = null;
    }
  }

  @Override
  public void gap(long length) {
    if (part != null) {
      part.gap(length);
    }
    headLength = 0;
    atLineStart = false;
    returnPending = false;
    lineEnd = null;
    lines.clear();
  }

  @Override
  public void end() {
    noteUnfinishedLine();
    if (state == State.BODY) {
      if (headLength > 0) {
        boundaryLine();
      }
      if (returnPending) {
        content(new Payload(RETURN));
      }
      flushLineEnd();
    }
    endPart();
    headers.clear();
    lines.clear();
    held.clear();
  }

  /** The length that the head gives ends inside a line: that is a line all the same. */
  private void noteUnfinishedLine() {
    if (!message.isComplete()
        || (state == State.HEADERS ? lines.held() == 0 : atLineStart && headLength == 0)) {
      return;
    }
    message.weird("line_terminated_without_CRLF", "", "CONTENTLINE");
    message.countLineEnd();
    if (state == State.HEADERS) {
      message.weird("http_no_crlf_in_header_list", "");
      headers.line(lines.waiting(), /* isFolded= */ false);
    }
  }
}
