/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

/**
 * Notes once a connection that a carriage return stands inside a line: only a line feed ends lines.
 * One object for both ends; one thread.
 *
 * @see "Zeek: src/analyzer/protocol/tcp/ContentLine.cc"
 */
public final class LineEnds {

  private static final byte[] LINE_FEED = {'\n'};

  private final String source;
  private boolean isNoted;

  /** Makes one for lines that Zeek's {@code CONTENTLINE} takes apart. */
  public LineEnds() {
    this("CONTENTLINE");
  }

  /**
   * @param source what takes the lines apart, as Zeek names it
   */
  public LineEnds(String source) {
    this.source = source;
  }

  /** Returns a line end, for a line that the end of its connection ends. */
  public static Payload lineFeed() {
    return new Payload(LINE_FEED);
  }

  /**
   * Looks at the bytes of the line at hand, before they are taken.
   *
   * @param lines what waits of the line
   * @param data what comes next; nothing is taken
   */
  public void look(Session session, Gather lines, Payload data) {
    if (isNoted) {
      return;
    }
    int held = lines.held();
    boolean isOpen = held > 0 && lines.waiting().u8(held - 1) == '\r';
    if ((isOpen && !isEnd(data, 0)) || isInside(data, data.indexOf('\r', 0), /* rest= */ false)) {
      note(session);
    }
  }

  /** Looks at all that is left of a piece whose lines nobody reads any more. */
  public void lookAtRest(Session session, Payload data) {
    if (!isNoted && isInside(data, data.indexOf('\r', 0), /* rest= */ true)) {
      note(session);
    }
  }

  private static boolean isInside(Payload data, int from, boolean rest) {
    int feed = from < 0 || isEnd(data, from + 1) ? -1 : data.indexOf('\n', 0);
    int limit = rest || feed < 0 ? data.length() : feed;
    for (int at = from; at >= 0 && at < limit; at = data.indexOf('\r', at + 1)) {
      if (!isEnd(data, at + 1)) {
        return true;
      }
      if (!rest) {
        return false;
      }
    }
    return false;
  }

  /** Returns whether a line ends at a place, or may end with what comes next. */
  private static boolean isEnd(Payload data, int at) {
    int next = data.u8(at);
    return next < 0 || next == '\n' || (next == '\r' && data.u8(at + 1) == '\n');
  }

  private void note(Session session) {
    isNoted = true;
    session.weird("line_terminated_with_single_CR", "", source);
  }
}
