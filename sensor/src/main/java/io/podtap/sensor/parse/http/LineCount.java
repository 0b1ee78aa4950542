/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Payload;

/**
 * Counts content as Zeek does when nothing but the end of the connection tells its length: line by
 * line, and every line end, of whatever kind, as two bytes. One thread.
 *
 * @see "Zeek: src/analyzer/protocol/http/HTTP.cc, src/analyzer/protocol/tcp/ContentLine.cc"
 */
final class LineCount {

  private int last = '\n';

  /** Returns by how much the lines of the next piece are longer in Zeek than in the content. */
  int added(Payload data) {
    int added = last == '\r' && data.u8(0) != '\n' ? 1 : 0;
    for (int at = data.indexOf('\n', 0); at >= 0; at = data.indexOf('\n', at + 1)) {
      int before = at == 0 ? last : data.u8(at - 1);
      added += before == '\r' ? 0 : 1;
    }
    int end = data.length() - 1; // a return there is looked at with what comes next
    for (int at = data.indexOf('\r', 0); at >= 0 && at < end; at = data.indexOf('\r', at + 1)) {
      added += data.u8(at + 1) == '\n' ? 0 : 1;
    }
    last = data.isEmpty() ? last : data.u8(end);
    return added;
  }

  /** Returns what is to be added when the end of the connection ends the last line. */
  int addedAtEnd() {
    return last == '\n' ? 0 : last == '\r' ? 1 : 2;
  }
}
