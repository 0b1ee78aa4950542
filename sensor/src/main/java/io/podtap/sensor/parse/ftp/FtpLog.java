/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ftp;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;

/** The declaration of {@code ftp.log}: one record for each command that moves files. */
final class FtpLog {

  private FtpLog() {}

  static LogSchema<FtpRow> schema() {
    return LogSchema.<FtpRow>named(
            "ftp",
            "One record for each command about files or their way; one for a session without any.")
        .time("ts", "When the command came.", row -> row.timeNs)
        .flow(row -> row.flow)
        .wire("user", "Who logged in.", row -> row.user)
        .wire("password", "A guest's password; others' are hidden.", FtpRow::shownPassword)
        .wire("command", "The command.", row -> row.command.isEmpty() ? null : row.command)
        .wire(
            "arg",
            "Its argument; a file as a URL.",
            row -> row.argument.isEmpty() ? null : row.argument)
        .wire("mime_type", "What the file is, by its first bytes.", row -> row.mimeType)
        .count(
            "file_size",
            "Bytes of the file, as the server says.",
            row -> row.fileBytes < 0 ? LogSchema.UNSET : row.fileBytes)
        .count(
            "reply_code",
            "The server's reply.",
            row -> row.replyCode < 0 ? LogSchema.UNSET : row.replyCode)
        .wire("reply_msg", "Its text.", row -> row.replyCode < 0 ? null : row.replyText)
        .bool(
            "data_channel.passive",
            "Whether the client is to open the data connection.",
            row -> row.data == null ? LogSchema.UNSET : row.passive ? 1 : 0)
        .address("data_channel.orig_h", "Who is to open it.", FtpLog::opener)
        .address("data_channel.resp_h", "Where it goes to.", FtpLog::target)
        .port(
            "data_channel.resp_p",
            "The port there.",
            row -> row.data == null ? LogSchema.UNSET : row.data.port())
        .wire("fuid", "Unique id of the file.", row -> row.fuid)
        .build();
  }

  private static boolean opener(FtpRow row, LineBuffer out) {
    Flow flow = row.flow;
    if (row.passive) {
      out.address(flow.originatorHigh(), flow.originatorLow());
    } else {
      out.address(flow.responderHigh(), flow.responderLow());
    }
    return row.data != null;
  }

  private static boolean target(FtpRow row, LineBuffer out) {
    DataAddress data = row.data;
    if (data != null) {
      out.address(data.high(), data.low());
    }
    return data != null;
  }
}
