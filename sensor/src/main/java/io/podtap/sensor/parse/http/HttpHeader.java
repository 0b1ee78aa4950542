/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Header fields that matter, by their names. */
enum HttpHeader {
  AUTHORIZATION,
  CLIENT_IP,
  CONNECTION,
  CONTENT_DISPOSITION,
  CONTENT_ENCODING,
  CONTENT_LENGTH,
  CONTENT_RANGE,
  CONTENT_TYPE,
  EXPECT,
  FORWARDED,
  HOST,
  ORIGIN,
  PROXY_AUTHORIZATION,
  PROXY_CONNECTION,
  RANGE,
  REFERER,
  SEC_WEBSOCKET_ACCEPT,
  SEC_WEBSOCKET_EXTENSIONS,
  SEC_WEBSOCKET_KEY,
  SEC_WEBSOCKET_PROTOCOL,
  TRANSFER_ENCODING,
  UPGRADE,
  USER_AGENT,
  VIA,
  X_FORWARDED_FOR,
  X_FORWARDED_FROM,
  XROXY_CONNECTION;

  private static final int LENGTH_MAX = 32;
  private static final List<List<HttpHeader>> BY_LENGTH = new ArrayList<>();

  static {
    for (int i = 0; i <= LENGTH_MAX; i++) {
      BY_LENGTH.add(new ArrayList<>());
    }
    for (HttpHeader header : values()) {
      BY_LENGTH.get(header.text.length()).add(header);
    }
  }

  private final String text = name().replace('_', '-');

  /** Returns the name in capitals, as Zeek shows it. */
  String text() {
    return text;
  }

  /** Returns the header whose name is the first {@code length} bytes of a line, or null. */
  static @Nullable HttpHeader of(Payload line, int length) {
    if (length > LENGTH_MAX) {
      return null;
    }
    List<HttpHeader> candidates = BY_LENGTH.get(length);
    for (int i = 0; i < candidates.size(); i++) {
      if (line.hasIgnoringCase(0, candidates.get(i).text)) {
        return candidates.get(i);
      }
    }
    return null;
  }

  /** Returns the header of this name, or null. */
  static @Nullable HttpHeader of(String name) {
    String wanted = name.toUpperCase(Locale.ROOT);
    if (wanted.length() <= LENGTH_MAX) {
      for (HttpHeader header : BY_LENGTH.get(wanted.length())) {
        if (header.text.equals(wanted)) {
          return header;
        }
      }
    }
    return null;
  }

  /** Returns whether it tells of a proxy on the way. */
  boolean isOfProxy() {
    return switch (this) {
      case FORWARDED,
          X_FORWARDED_FOR,
          X_FORWARDED_FROM,
          CLIENT_IP,
          VIA,
          XROXY_CONNECTION,
          PROXY_CONNECTION ->
          true;
      default -> false;
    };
  }
}
