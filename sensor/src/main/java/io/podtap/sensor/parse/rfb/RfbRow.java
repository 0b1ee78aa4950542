/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.rfb;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/** What client and server agreed on in one connection. One thread. */
final class RfbRow {

  /** Heap without the desktop's name. */
  static final long BYTES = 96 + 4 * 48;

  final Flow flow;
  final long timeNs;
  final String serverMajor;
  final String serverMinor;
  @Nullable String clientMajor;
  @Nullable String clientMinor;
  @Nullable String method;
  long authenticated = LogSchema.UNSET;
  long shared = LogSchema.UNSET;
  @Nullable String desktop;
  long width = LogSchema.UNSET;
  long height = LogSchema.UNSET;

  RfbRow(Flow flow, long timeNs, String serverMajor, String serverMinor) {
    this.flow = flow;
    this.timeNs = timeNs;
    this.serverMajor = serverMajor;
    this.serverMinor = serverMinor;
  }

  static LogSchema<RfbRow> schema() {
    return LogSchema.<RfbRow>named("rfb", "One record for each connection of RFB (VNC).")
        .time("ts", "Time of the client's version.", row -> row.timeNs)
        .flow(row -> row.flow)
        .wire("client_major_version", "The client's version: 003.", row -> row.clientMajor)
        .wire("client_minor_version", "The client's version: 008.", row -> row.clientMinor)
        .wire("server_major_version", "The server's version: 003.", row -> row.serverMajor)
        .wire("server_minor_version", "The server's version: 008.", row -> row.serverMinor)
        .wire("authentication_method", "How the client shows who it is.", row -> row.method)
        .bool("auth", "Whether the server was content with it.", row -> row.authenticated)
        .bool("share_flag", "Whether the client shares the desktop.", row -> row.shared)
        .wire("desktop_name", "What the desktop is called.", row -> row.desktop)
        .count("width", "Width of the screen, pixels.", row -> row.width)
        .count("height", "Height of the screen, pixels.", row -> row.height)
        .build();
  }
}
