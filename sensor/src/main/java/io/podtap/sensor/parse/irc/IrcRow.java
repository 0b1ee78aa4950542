/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.irc;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapSize;
import org.jspecify.annotations.Nullable;

/** One command of a client, or one file that is sent, with what was known of the client. */
record IrcRow(
    Flow flow,
    long timeNs,
    @Nullable String nick,
    @Nullable String user,
    String command,
    @Nullable String value,
    @Nullable String detail,
    @Nullable String fileName,
    long fileBytes,
    @Nullable String mimeType,
    @Nullable String fuid) {

  /** Heap without texts. */
  private static final long BYTES = 80;

  /** Returns the same at another time. */
  IrcRow at(long otherNs) {
    return new IrcRow(
        flow, otherNs, nick, user, command, value, detail, fileName, fileBytes, mimeType, fuid);
  }

  /** Returns the same with what the file turned out to be. */
  IrcRow withFile(String foundType, String foundFuid) {
    String type = foundType.isEmpty() ? null : foundType;
    return new IrcRow(
        flow, timeNs, nick, user, command, value, detail, fileName, fileBytes, type, foundFuid);
  }

  long bytes() {
    return BYTES
        + HeapSize.text(nick)
        + HeapSize.text(user)
        + HeapSize.text(value)
        + HeapSize.text(detail)
        + HeapSize.text(fileName);
  }

  static LogSchema<IrcRow> schema() {
    return LogSchema.<IrcRow>named(
            "irc", "One record for each NICK, USER and JOIN of a client, and for each file sent.")
        .time("ts", "When it came.", IrcRow::timeNs)
        .flow(IrcRow::flow)
        .wire("nick", "The client's nickname before the command.", IrcRow::nick)
        .wire("user", "The client's user name before the command.", IrcRow::user)
        .wire("command", "NICK, USER, JOIN, or DCC for a file.", IrcRow::command)
        .wire("value", "The nickname, user name or channel.", IrcRow::value)
        .wire("addl", "What else the command said.", IrcRow::detail)
        .wire("dcc_file_name", "What the file is called.", IrcRow::fileName)
        .count("dcc_file_size", "How long the file is, as announced.", IrcRow::fileBytes)
        .wire("dcc_mime_type", "What kind of file it is by its content.", IrcRow::mimeType)
        .wire("fuid", "The file's id in files.log.", IrcRow::fuid)
        .build();
  }
}
