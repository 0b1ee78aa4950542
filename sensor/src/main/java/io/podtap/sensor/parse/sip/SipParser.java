/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.sip;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of one flow: a line that says what, headers, an empty line, a body.
 *
 * @see "RFC 3261 sections 7 and 20; Zeek: scripts/base/protocols/sip/main.zeek"
 */
final class SipParser implements DatagramParser {

  private static final String VERSION = "SIP/2.0";

  private static final int LINE_LENGTH_MAX = 4 << 10;
  private static final int PATH_MAX = 100;
  private static final int FINAL_CODE = 200;

  /** Bytes between messages that are kept for the record of them. */
  private static final int JUNK_BYTES_MAX = 256;

  /** What a token has beside letters and digits (RFC 3261 section 25.1). */
  private static final String TOKEN_MARKS = "-.!%*_+`'~";

  private static final Set<String> METHODS =
      Set.of("REGISTER", "INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "NOTIFY", "SUBSCRIBE");

  private final SipProtocol protocol;
  private final Session session;
  private final HeldHeap held;
  private @Nullable SipRow row;

  /** What each end has sent that belongs to no message: the originator, the responder. */
  private final String[] junk = {"", ""};

  SipParser(SipProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.held = new HeldHeap(session.account());
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    if (isKeepAlive(data)) {
      return;
    }
    keepJunk(fromOriginator ? 0 : 1, data);
    if (data.isEmpty()) {
      return;
    }
    String line = takeLine(data);
    if (line == null) {
      session.violation("not a SIP message");
    } else if (line.startsWith(VERSION + ' ')) {
      onReply(line, data);
    } else {
      onRequest(fromOriginator ? 0 : 1, line, data);
    }
    account();
  }

  private void account() {
    long rowBytes = row == null ? 0 : row.heapBytes();
    held.set(rowBytes + junk[0].length() + junk[1].length());
  }

  /** Takes what stands before the first token; it may go on in the next datagram. */
  private void keepJunk(int end, Payload data) {
    int count = 0;
    while (count < data.length() && !isTokenByte(data.u8(count))) {
      count++;
    }
    if (count > 0) {
      int room = Math.min(count, JUNK_BYTES_MAX - junk[end].length());
      junk[end] += data.text(0, room);
      if (room < count) {
        session.violation("not a SIP message");
      }
      data.skip(count);
      account();
    }
  }

  private static boolean isTokenByte(int c) {
    return isLetter(c) || (c >= '0' && c <= '9') || (c > 0 && TOKEN_MARKS.indexOf(c) >= 0);
  }

  /** Between messages, empty lines or a few zeros keep the way open (RFC 5626 section 3.5.1). */
  private static boolean isKeepAlive(Payload data) {
    for (int at = 0; at < data.length(); at++) {
      int c = data.u8(at);
      if (c != 0 && c != '\r' && c != '\n') {
        return false;
      }
    }
    return true;
  }

  private void onRequest(int end, String line, Payload data) {
    int methodEnd = line.indexOf(' ');
    int uriEnd = line.lastIndexOf(' ');
    if (methodEnd < 1 || uriEnd <= methodEnd || !line.startsWith("SIP/", uriEnd + 1)) {
      session.violation("not a SIP message");
      return;
    }
    String method = line.substring(0, methodEnd);
    if (!method.chars().allMatch(SipParser::isLetter)) {
      session.violation("not a SIP message");
      return;
    }
    session.confirm(SipProtocol.SERVICE);
    if (!junk[end].isEmpty()) {
      session.weird("sip_junk_before_request", junk[end]);
      junk[end] = "";
    }
    if (!METHODS.contains(method)) {
      session.weird("unknown_SIP_method", method, /* source= */ "");
    }
    SipRow known = row();
    known.method = method;
    known.uri = line.substring(methodEnd + 1, uriEnd);
    for (String header = takeLine(data); isHeader(header); header = takeLine(data)) {
      onRequestHeader(known, name(header), value(header));
    }
  }

  private static boolean isLetter(int c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  private void onReply(String line, Payload data) {
    int codeEnd = line.indexOf(' ', VERSION.length() + 1);
    String code = line.substring(VERSION.length() + 1, codeEnd < 0 ? line.length() : codeEnd);
    long number = number(code);
    if (code.length() != 3 || number < 0) {
      session.violation("not a SIP message");
      return;
    }
    session.confirm(SipProtocol.SERVICE);
    SipRow known = row();
    known.statusCode = number;
    known.statusMessage = codeEnd < 0 ? "" : line.substring(codeEnd + 1);
    for (String header = takeLine(data); isHeader(header); header = takeLine(data)) {
      onReplyHeader(known, name(header), value(header));
    }
    protocol.log.write(known);
    if (number < 100 || number >= FINAL_CODE || known.method == null) {
      row = null;
    }
  }

  private SipRow row() {
    if (row == null) {
      row = new SipRow(session.flow(), session.nowNs());
    }
    return row;
  }

  private void onRequestHeader(SipRow row, String name, String value) {
    switch (name) {
      case "CALL-ID" -> row.callId = value;
      case "CONTENT-LENGTH", "L" ->
          row.requestBodyLength = bodyLength("invalid_SIP_request_body_len", value);
      case "CSEQ" -> row.sequence = value;
      case "DATE" -> row.date = value;
      case "FROM", "F" -> row.requestFrom = before(value, "tag=");
      case "REPLY-TO" -> row.replyTo = value;
      case "SUBJECT", "S" -> row.subject = value;
      case "TO", "T" -> row.requestTo = value;
      case "USER-AGENT" -> row.userAgent = value;
      case "VIA", "V" -> addVia(row.requestPath, value, "sip_max_request_path_length_exceeded");
      default -> {}
    }
  }

  private void onReplyHeader(SipRow row, String name, String value) {
    switch (name) {
      case "CONTENT-LENGTH", "L" ->
          row.responseBodyLength = bodyLength("invalid_SIP_response_body_len", value);
      case "CONTENT-TYPE", "C" -> row.contentType = value;
      case "WARNING" -> row.warning = value;
      case "FROM", "F" -> row.responseFrom = before(value, "tag=");
      case "TO", "T" -> row.responseTo = value;
      case "VIA", "V" -> addVia(row.responsePath, value, "sip_max_response_path_length_exceeded");
      default -> {}
    }
  }

  private void addVia(List<String> path, String value, String tooLong) {
    if (path.size() < PATH_MAX) {
      path.add(before(value, "branch"));
    } else {
      session.weird(tooLong, "", /* source= */ "");
    }
  }

  /** Returns what stands before a parameter, which a semicolon and perhaps a space announce. */
  private static String before(String value, String parameter) {
    int plain = value.indexOf(';' + parameter);
    int spaced = value.indexOf("; " + parameter);
    int end = plain < 0 || (spaced >= 0 && spaced < plain) ? spaced : plain;
    return end < 0 ? value : value.substring(0, end);
  }

  private static long number(String text) {
    boolean isNumber =
        !text.isEmpty() && text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber ? Long.parseLong(text) : LogSchema.UNSET;
  }

  /** Reads the length of a body; notes a value that is not a number. */
  private long bodyLength(String weird, String value) {
    long length = number(value);
    if (length == LogSchema.UNSET) {
      session.weird(weird, value, /* source= */ "");
    }
    return length;
  }

  private static boolean isHeader(@Nullable String line) {
    return line != null && line.indexOf(':') > 0;
  }

  private static String name(@Nullable String header) {
    String line = header == null ? "" : header;
    return line.substring(0, Math.max(0, line.indexOf(':'))).strip().toUpperCase(Locale.ROOT);
  }

  private static String value(@Nullable String header) {
    String line = header == null ? "" : header;
    return line.substring(line.indexOf(':') + 1).strip();
  }

  /** Takes a line without its end, or returns null when there is none. */
  private static @Nullable String takeLine(Payload data) {
    int end = data.indexOf('\n', 0);
    if (end < 0 || end > LINE_LENGTH_MAX) {
      return null;
    }
    String line = data.text(0, end > 0 && data.u8(end - 1) == '\r' ? end - 1 : end);
    data.skip(end + 1);
    return line;
  }

  @Override
  public void onFlowEnd() {
    if (row != null) {
      protocol.log.write(row);
      row = null;
    }
  }
}
