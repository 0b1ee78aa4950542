/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mail;

import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.files.FileStream;
import io.podtap.sensor.parse.files.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one mail line by line: its head goes to the receiver, the content of each entity into a
 * file. One thread.
 *
 * @see "RFC 5322; RFC 2046 section 5.1.1"
 */
public final class Mail {

  /** Takes what a mail says of itself. */
  public interface Receiver {

    /** Takes a field of the head of the mail, unfolded. */
    void field(String name, String value);

    /** Takes the id of a file that begins. */
    void file(String fuid);

    /** Counts the entities of all mails of the connection; the number is the depth of the file. */
    int nextEntity();

    /** Returns one for a mail whose files alone matter. */
    static Receiver ofFiles() {
      return FilesOnly.INSTANCE;
    }
  }

  private enum FilesOnly implements Receiver {
    INSTANCE;

    @Override
    public void field(String name, String value) {}

    @Override
    public void file(String fuid) {}

    @Override
    public int nextEntity() {
      return 0;
    }
  }

  private static final int DEPTH_MAX = 100;

  /** Heap of this object and of what it always has. */
  private static final long BYTES = 512;

  private static final Payload CRLF = new Payload(new byte[] {'\r', '\n'});

  private enum State {
    HEAD,
    CONTENT,
    BETWEEN
  }

  private final Session session;
  private final Files files;
  private final String source;
  private final boolean fromOriginator;
  private final Receiver receiver;
  private final MailHeaders headers;
  private final HeldHeap held;
  private final HeldHeap decoderHeld;
  private final ContentDecoder decoder = new ContentDecoder();
  private final List<String> boundaries = new ArrayList<>(0);
  private final Payload lines = new Payload();
  private final Payload view = new Payload();
  private State state = State.HEAD;
  private boolean headOfMail = true;
  private boolean lineEndPending;
  private int entity;
  private @Nullable FileStream file;

  /**
   * @param source the protocol, as {@code files.log} names it
   * @param fromOriginator who sends the mail
   */
  public Mail(
      Session session, Files files, String source, boolean fromOriginator, Receiver receiver) {
    this.session = session;
    this.headers = new MailHeaders(session.account());
    this.held = new HeldHeap(session.account());
    this.decoderHeld = new HeldHeap(session.account());
    held.set(BYTES);
    this.files = files;
    this.source = source;
    this.fromOriginator = fromOriginator;
    this.receiver = receiver;
    this.entity = receiver.nextEntity();
  }

  /**
   * Takes a line, or a piece of one that is very long.
   *
   * @param begins whether the line begins here
   * @param ends whether it ends here
   */
  public void line(Payload line, boolean begins, boolean ends) {
    if (begins && line.u8(0) == '-' && line.u8(1) == '-' && isBoundary(line)) {
      return;
    }
    switch (state) {
      case HEAD -> {
        if (line.isEmpty() && begins) {
          endHead();
        } else {
          headers.line(line, this::field);
        }
      }
      case CONTENT -> content(line, ends);
      case BETWEEN -> {}
    }
  }

  /**
   * Takes whole lines that are content as it is, all in one: most of a mail.
   *
   * @param data at the beginning of a line; what is taken is skipped
   */
  public void plainLines(Payload data) {
    if (state != State.CONTENT || !headers.isPlain()) {
      return;
    }
    int end = 0;
    int feed = data.indexOf('\n', 0);
    while (feed > end
        && data.u8(feed - 1) == '\r'
        && data.u8(end) != '.'
        && (data.u8(end) != '-' || data.u8(end + 1) != '-')) {
      end = feed + 1;
      feed = data.indexOf('\n', end);
    }
    if (end > 0) {
      flushLineEnd();
      lineEndPending = true;
      write(lines.wrap(data, 0, end - CRLF.length()));
      data.skip(end);
    }
  }

  private void field(String name, String value) {
    if (headOfMail) {
      receiver.field(name, value);
    }
  }

  private void endHead() {
    headers.flush(this::field);
    headOfMail = false;
    decoder.clear();
    lineEndPending = false;
    String boundary = headers.boundary();
    if (!boundary.isEmpty()) {
      if (boundaries.size() < DEPTH_MAX) {
        boundaries.add(boundary);
        held.grow(HeapSize.text(boundary)); // given back at the end
      } else {
        session.weird("exceeded_mime_max_depth", String.valueOf(DEPTH_MAX));
      }
      state = State.BETWEEN;
    } else if (headers.isMessage()) {
      beginEntity();
    } else {
      state = State.CONTENT;
    }
  }

  private void beginEntity() {
    entity = receiver.nextEntity();
    headers.clear();
    state = State.HEAD;
  }

  private boolean isBoundary(Payload line) {
    for (int i = boundaries.size() - 1; i >= 0; i--) {
      String boundary = boundaries.get(i);
      if (line.has(2, boundary)) {
        boolean last = line.has(2 + boundary.length(), "--");
        if (last || isBlank(line, 2 + boundary.length())) {
          endEntity();
          boundaries.subList(last ? i : i + 1, boundaries.size()).clear();
          if (last) {
            state = State.BETWEEN;
          } else {
            beginEntity();
          }
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isBlank(Payload line, int from) {
    for (int i = from; i < line.length(); i++) {
      if (line.u8(i) != ' ' && line.u8(i) != '\t') {
        return false;
      }
    }
    return true;
  }

  private void content(Payload line, boolean ends) {
    decode(line, ends);
    decoderHeld.set(decoder.heapBytes());
  }

  private void decode(Payload line, boolean ends) {
    switch (headers.encoding()) {
      case "base64" -> write(decoder.base64(session, line));
      case "quoted-printable" -> {
        boolean goesOn = ContentDecoder.isSoftBreak(line);
        write(decoder.quotedPrintable(line));
        if (ends && !goesOn) {
          write(CRLF);
        }
      }
      default -> {
        flushLineEnd();
        lineEndPending = ends;
        write(line);
      }
    }
  }

  /** A line's end belongs to the content unless a boundary follows (RFC 2046 section 5.1.1). */
  private void flushLineEnd() {
    if (lineEndPending) {
      lineEndPending = false;
      write(CRLF);
    }
  }

  private void write(Payload bytes) {
    if (!bytes.isEmpty()) {
      FileStream open = file;
      if (open == null) {
        open = files.begin(session, source, fromOriginator, entity, headers.filename());
        receiver.file(open.fuid());
        file = open;
      }
      open.data(view.wrap(bytes, 0, bytes.length()));
    }
  }

  /** Says that bytes will never come. */
  public void gap(long length) {
    if (file != null) {
      file.gap(length);
    }
    lineEndPending = false;
  }

  private void endEntity() {
    if (state == State.HEAD) {
      headers.flush(this::field);
    }
    decoder.end(session);
    if (file != null) {
      file.end();
      file = null;
    }
    lineEndPending = false;
    headOfMail = false;
  }

  /** Ends the mail. */
  public void end() {
    flushLineEnd();
    endEntity();
    state = State.BETWEEN;
    headers.close();
    held.clear();
    decoderHeld.clear();
  }
}
