/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TextSource;
import io.podtap.sensor.parse.files.FileStream;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The declaration of {@code http.log}: one record for each request with its answer. */
final class HttpLog {

  private HttpLog() {}

  static LogSchema<HttpTransaction> schema() {
    return LogSchema.<HttpTransaction>named("http", "One record for each request with its answer.")
        .time("ts", "When the request came.", row -> row.startNs)
        .flow(row -> row.flow)
        .count(
            "trans_depth",
            "Which request of the connection it is, of those that were seen.",
            row -> row.depth)
        .string("method", "The request's method.", (row, out) -> text(row.method, out))
        .wire("host", "The Host header.", row -> row.host)
        .wire("uri", "What was asked for.", row -> row.uri)
        .string("referrer", "The Referer header.", (row, out) -> text(row.referrer, out))
        .string("version", "The answer's version.", (row, out) -> text(row.version, out))
        .string("user_agent", "The User-Agent header.", (row, out) -> text(row.userAgent, out))
        .string("origin", "The Origin header.", (row, out) -> text(row.origin, out))
        .count("request_body_len", "Bytes of the request's content.", row -> row.requestBodyLength)
        .count("response_body_len", "Bytes of the answer's content.", row -> row.responseBodyLength)
        .count("status_code", "The answer's status.", row -> row.status)
        .string("status_msg", "The answer's words.", (row, out) -> text(row.statusText, out))
        .rare(
            row -> row.infoStatus != LogSchema.UNSET,
            log ->
                log.count("info_code", "The last status below 200.", row -> row.infoStatus)
                    .string(
                        "info_msg", "The words of that.", (row, out) -> text(row.infoText, out)))
        .enumerationSet("tags", "Always empty: Zeek's for what was found.", (row, out) -> true)
        .rare(
            row -> row.user != null || row.password != null || !row.proxied.isEmpty(),
            log ->
                log.string(
                        "username", "User name of the request.", (row, out) -> text(row.user, out))
                    .string(
                        "password",
                        "Not kept unless asked for.",
                        (row, out) -> text(row.password, out))
                    .stringSet(
                        "proxied",
                        "Headers that tell of proxies on the way.",
                        (row, out) -> list(row.proxied, out)))
        .rare(
            row -> !row.requestFiles.isEmpty(),
            log ->
                log.stringList(
                        "orig_fuids",
                        "Files of the request.",
                        (row, out) -> fuids(row.requestFiles, out))
                    .stringList(
                        "orig_filenames",
                        "Names of the request's files.",
                        (row, out) -> list(row.requestFilenames, out))
                    .stringList(
                        "orig_mime_types",
                        "What the request's files are.",
                        (row, out) -> mimeTypes(row.requestFiles, out)))
        .stringList(
            "resp_fuids", "Files of the answer.", (row, out) -> fuids(row.responseFiles, out))
        .stringList(
            "resp_filenames",
            "Names of the answer's files.",
            (row, out) -> list(row.responseFilenames, out))
        .stringList(
            "resp_mime_types",
            "What the answer's files are.",
            (row, out) -> mimeTypes(row.responseFiles, out))
        .count(
            "grpc_status", "The call's outcome, of gRPC; not in Zeek's log.", row -> row.grpcStatus)
        .rare(
            row -> row.missedBytes > 0 || row.unknownHeaders > 0,
            log ->
                log.count(
                        "missed_bytes",
                        "Bytes that are missing since the connection's record before: there may"
                            + " have been requests in them.",
                        row -> row.missedBytes > 0 ? row.missedBytes : LogSchema.UNSET)
                    .count(
                        "unknown_headers",
                        "HTTP/2 header fields that are unknown because they refer to bytes that are"
                            + " missing.",
                        row -> row.unknownHeaders > 0 ? row.unknownHeaders : LogSchema.UNSET))
        .build();
  }

  private static boolean text(@Nullable String text, LineBuffer out) {
    if (text == null) {
      return false;
    }
    out.latin1(text);
    return true;
  }

  private static boolean list(Collection<String> texts, LineBuffer out) {
    boolean first = true;
    for (String text : texts) {
      if (!first) {
        out.put(TextSource.SEPARATOR);
      }
      out.latin1(text.replace('\0', ' '));
      first = false;
    }
    return !first;
  }

  private static boolean fuids(List<FileStream> files, LineBuffer out) {
    for (int i = 0; i < files.size(); i++) {
      if (i > 0) {
        out.put(TextSource.SEPARATOR);
      }
      out.put(files.get(i).fuid());
    }
    return !files.isEmpty();
  }

  private static boolean mimeTypes(List<FileStream> files, LineBuffer out) {
    boolean first = true;
    for (FileStream file : files) {
      String type = file.mimeType();
      if (!type.isEmpty()) {
        if (!first) {
          out.put(TextSource.SEPARATOR);
        }
        out.latin1(type);
        first = false;
      }
    }
    return !first;
  }
}
