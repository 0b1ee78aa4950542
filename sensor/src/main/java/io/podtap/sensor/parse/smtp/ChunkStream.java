/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smtp;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.mail.Mail;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a mail that comes in chunks. The chunks are one stream of bytes: a line may begin in
 * one and end in the next, a line end may be cut in two. One thread.
 *
 * @see "RFC 3030 section 2; Zeek's SMTP_BDAT_Analyzer"
 */
final class ChunkStream {

  private static final String SOURCE = "SMTP_BDAT";
  private static final int LINE_MAX = 4_096;

  private final Session session;
  private final Gather lines;
  private boolean begun;
  private boolean last;
  private boolean longLine;
  private long left;

  ChunkStream(Session session) {
    this.session = session;
    this.lines = new Gather(LINE_MAX, session.account());
  }

  /** Begins a chunk. */
  void begin(ChunkSize size) {
    left = size.bytes();
    last = size.isLast();
    begun = true;
  }

  /** Returns whether a mail has begun whose last chunk was not announced. */
  boolean isWaiting() {
    return begun && !last;
  }

  /** Returns how many bytes of the chunk are to come. */
  long left() {
    return left;
  }

  /** Returns whether the mail ends with the chunk. */
  boolean isLast() {
    return last;
  }

  /** Hands the lines on that are whole, as far as the chunk goes. */
  void data(Payload data, @Nullable Mail mail) {
    int count = (int) Math.min(left, data.length());
    left -= count;
    Payload part = new Payload().wrap(data, 0, count);
    data.skip(count);
    noteReturn(part, mail);
    while (!part.isEmpty()) {
      boolean withReturn = isReturnBeforeFeed(part);
      int size = lines.held() + part.length();
      Payload line = lines.takeLine(part);
      if (line != null) {
        if (!withReturn) {
          session.weird("smtp_bdat_line_lf_only", "", SOURCE);
        }
        hand(mail, line, /* ends= */ true);
      } else if (lines.isFull()) {
        session.weird("smtp_bdat_line_too_long", Integer.toString(size), SOURCE);
        piece(mail);
      }
    }
    if (left == 0 && last) {
      end(mail);
    }
  }

  /** A carriage return that no line feed follows ends nothing, but is let go. */
  private void noteReturn(Payload part, @Nullable Mail mail) {
    Payload waiting = lines.waiting();
    if (waiting.u8(waiting.length() - 1) == '\r' && part.u8(0) != '\n') {
      session.weird("smtp_bdat_line_cr_only", "", SOURCE);
      piece(mail);
    }
  }

  private boolean isReturnBeforeFeed(Payload part) {
    int feed = part.indexOf('\n', 0);
    Payload waiting = lines.waiting();
    return feed < 0 || (feed > 0 ? part.u8(feed - 1) : waiting.u8(waiting.length() - 1)) == '\r';
  }

  private void piece(@Nullable Mail mail) {
    hand(mail, lines.waiting(), /* ends= */ false);
    lines.clear();
  }

  private void hand(@Nullable Mail mail, Payload line, boolean ends) {
    if (mail != null) {
      mail.line(line, !longLine, ends);
    }
    longLine = !ends;
  }

  /** Ends the mail: what is no whole line yet is one. */
  void end(@Nullable Mail mail) {
    if (lines.held() > 0) {
      if (left > 0 || !last) {
        session.weird("smtp_bdat_undelivered_at_done", "", SOURCE);
      }
      piece(mail);
    }
    lines.clear();
    longLine = false;
    begun = false;
  }
}
