/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.rdp;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapSize;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What client and server agreed on in one connection. One thread. */
final class RdpRow {

  /** Heap without texts. */
  private static final long BYTES = 144;

  final Flow flow;
  final long timeNs;
  @Nullable String cookie;
  @Nullable String result;
  @Nullable String securityProtocol;
  @Nullable List<String> channels;
  @Nullable String keyboardLayout;
  @Nullable String clientBuild;
  @Nullable String clientName;
  @Nullable String productId;
  long desktopWidth = LogSchema.UNSET;
  long desktopHeight = LogSchema.UNSET;
  @Nullable String colorDepth;
  @Nullable String certificateKind;
  long certificates;
  long certificateIsPermanent = LogSchema.UNSET;
  @Nullable String encryptionLevel;
  @Nullable String encryptionMethod;

  RdpRow(Flow flow, long timeNs) {
    this.flow = flow;
    this.timeNs = timeNs;
  }

  /** Returns whether there is enough to write, by Zeek's rule. */
  boolean isTelling() {
    return cookie != null || keyboardLayout != null || result != null;
  }

  /** Returns the heap that the row takes; names out of tables are shared. */
  long bytes() {
    List<String> names = channels;
    return BYTES
        + HeapSize.text(cookie)
        + HeapSize.text(clientName)
        + HeapSize.text(productId)
        + (names == null ? 0 : HeapSize.texts(names));
  }

  static LogSchema<RdpRow> schema() {
    return LogSchema.<RdpRow>named("rdp", "One record for each connection of RDP.")
        .time("ts", "Time of the connection request.", row -> row.timeNs)
        .flow(row -> row.flow)
        .wire("cookie", "Who connects, as the client says in the clear.", row -> row.cookie)
        .wire("result", "How the server answered, or encrypted.", row -> row.result)
        .wire("security_protocol", "What protects the connection.", row -> row.securityProtocol)
        .wireList("client_channels", "Channels that the client asked for.", row -> row.channels)
        .wire("keyboard_layout", "The client's keyboard layout.", row -> row.keyboardLayout)
        .wire("client_build", "The client's version of RDP.", row -> row.clientBuild)
        .wire("client_name", "What the client's machine is called.", row -> row.clientName)
        .wire("client_dig_product_id", "The client's product id.", row -> row.productId)
        .count("desktop_width", "Width asked for, pixels.", row -> row.desktopWidth)
        .count("desktop_height", "Height asked for, pixels.", row -> row.desktopHeight)
        .wire("requested_color_depth", "Colour depth asked for.", row -> row.colorDepth)
        .wire("cert_type", "Kind of the server's certificate.", row -> row.certificateKind)
        .count("cert_count", "Certificates of the server.", row -> row.certificates)
        .bool(
            "cert_permanent",
            "Whether the certificate was issued for good.",
            row -> row.certificateIsPermanent)
        .wire("encryption_level", "Level of RDP's own encryption.", row -> row.encryptionLevel)
        .wire("encryption_method", "Method of RDP's own encryption.", row -> row.encryptionMethod)
        .build();
  }
}
