/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.finger;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.LineEnds;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;

/**
 * Looks at the lines of one connection. Nothing is kept of a line but the beginning of one that has
 * not ended. One thread.
 *
 * @see "Zeek: src/analyzer/protocol/finger/legacy/Finger.cc"
 */
final class FingerParser implements StreamParser {

  /** Bytes of a line, at most, as in Zeek; a longer one counts as several. */
  private static final int LINE_MAX = 1_000;

  private static final String LINES = "CONTENTLINE";

  private final Session session;
  private final Gather request;
  private final Gather reply;
  private final LineEnds lineEnds = new LineEnds();
  private boolean nulSeen;
  private boolean tooLongSeen;
  private boolean requestEnded;

  FingerParser(Session session) {
    this.session = session;
    this.request = new Gather(LINE_MAX, session.account());
    this.reply = new Gather(LINE_MAX, session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    Gather lines = fromOriginator ? request : reply;
    if (fromOriginator && !nulSeen && data.indexOf(0, 0) >= 0) {
      nulSeen = true;
      session.weird("NUL_in_line", "", LINES);
    }
    while (!data.isEmpty()) {
      lineEnds.look(session, lines, data);
      if (lines.takeLine(data) == null && lines.isFull() && !data.isEmpty()) {
        lines.clear();
        data.skip(1); // the byte that is too many ends the line
        tooLong();
      }
    }
  }

  private void tooLong() {
    if (!tooLongSeen) {
      tooLongSeen = true;
      session.weird("contentline_size_exceeded", "", LINES);
    }
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    (fromOriginator ? request : reply).clear();
  }

  @Override
  public void onEnd(boolean fromOriginator) {
    requestEnded |= fromOriginator;
  }

  /** Zeek notes this of every request that its end has ended, as nobody takes requests there. */
  @Override
  public void onFlowEnd() {
    if (requestEnded) {
      session.weird("partial_finger_request", "");
    }
  }
}
