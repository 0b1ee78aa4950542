/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;

/**
 * One record of {@code content.log}.
 *
 * @param timeNs of the packet that completed it, nanoseconds since 1970
 * @param text what was found, one character a byte, cut; of secrets only what names them
 */
public record ContentRow(
    long timeNs, Flow flow, ContentKind kind, boolean fromOriginator, String text) {

  /** Declares the log. */
  public static LogSchema<ContentRow> schema() {
    return LogSchema.<ContentRow>named(
            "content",
            "One record for each kind of suspicious content that one end of a flow sent. Not in"
                + " Zeek.")
        .time("ts", "When it was found.", ContentRow::timeNs)
        .flow(ContentRow::flow)
        .enumeration(
            "kind",
            "jndi, shell, command_output, mining, token, secret or command.",
            (row, out) -> write(row.kind.logName(), out))
        .bool("is_orig", "Whether the originator sent it.", row -> row.fromOriginator ? 1 : 0)
        .string(
            "text", "What was found; secrets are not shown.", (row, out) -> write(row.text, out))
        .build();
  }

  private static boolean write(String text, LineBuffer out) {
    out.latin1(text);
    return !text.isEmpty();
  }
}
