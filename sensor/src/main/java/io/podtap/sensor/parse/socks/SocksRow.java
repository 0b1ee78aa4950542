/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.socks;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/** What one connection to a proxy was for. One thread. */
final class SocksRow {

  /**
   * Where to: an address, a name, or both.
   *
   * @param isAddress whether there is an address
   */
  record Place(boolean isAddress, long high, long low, @Nullable String name, int port) {}

  final Flow flow;
  final int version;

  /** Of the greeting, until the client logs in or says where to. */
  long timeNs;

  private boolean begun;
  @Nullable String user;
  @Nullable String status;
  @Nullable Place requested;
  @Nullable Place bound;

  SocksRow(Flow flow, long timeNs, int version) {
    this.flow = flow;
    this.timeNs = timeNs;
    this.version = version;
  }

  /** Notes a login or a request; the first of them is where the record begins. */
  void begin(long nowNs) {
    if (!begun) {
      begun = true;
      timeNs = nowNs;
    }
  }

  static LogSchema<SocksRow> schema() {
    return LogSchema.<SocksRow>named("socks", "One record for each connection to a proxy.")
        .time("ts", "Time of the login or of the request, whichever is first.", row -> row.timeNs)
        .flow(row -> row.flow)
        .count("version", "4 or 5.", row -> row.version)
        .wire("user", "Who logs in.", row -> row.user)
        .wire("password", "Never set: passwords are not kept.", row -> null)
        .wire("status", "Outcome of the last request.", row -> row.status)
        .address("request.host", "The address asked for.", (row, out) -> host(row.requested, out))
        .wire("request.name", "The name asked for.", row -> name(row.requested))
        .port("request_p", "The port asked for.", row -> port(row.requested))
        .address("bound.host", "The proxy's own address.", (row, out) -> host(row.bound, out))
        .wire("bound.name", "The proxy's own name.", row -> name(row.bound))
        .port("bound_p", "The proxy's own port.", row -> port(row.bound))
        .build();
  }

  private static boolean host(@Nullable Place place, LineBuffer out) {
    boolean isSet = place != null && place.isAddress;
    if (place != null && isSet) {
      out.address(place.high, place.low);
    }
    return isSet;
  }

  private static @Nullable String name(@Nullable Place place) {
    return place == null ? null : place.name;
  }

  private static long port(@Nullable Place place) {
    return place == null ? LogSchema.UNSET : place.port;
  }
}
