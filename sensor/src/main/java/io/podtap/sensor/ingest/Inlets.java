/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.UdpSocket;
import io.podtap.core.trust.Trust;
import io.podtap.sensor.stream.StreamServer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What taps send to, open: one socket for each listener, and the server of streams. */
public final class Inlets implements AutoCloseable {

  private final List<UdpSocket> sockets = new ArrayList<>();
  private @Nullable StreamServer streams;

  private Inlets() {}

  /**
   * Opens all.
   *
   * @param news takes a line of what is wrong with a stream
   * @throws SettingsException when an address or a certificate cannot be had; nothing stays open
   *     then
   */
  public static Inlets open(IngestSettings settings, Consumer<String> news) {
    Inlets inlets = new Inlets();
    try {
      for (Listener listener : settings.listeners()) {
        inlets.sockets.add(openSocket(listener, settings));
      }
      StreamListener listener = settings.streams();
      if (listener != null) {
        Trust trust = Trust.load(listener.files(), listener.taps());
        inlets.streams = StreamServer.start(trust, listener.limits(), listener.endpoint(), news);
      }
      return inlets;
    } catch (RuntimeException e) {
      inlets.close();
      throw e instanceof LinuxException
          ? new SettingsException(String.valueOf(e.getMessage()), e)
          : e;
    }
  }

  private static UdpSocket openSocket(Listener listener, IngestSettings settings) {
    UdpSocket socket = UdpSocket.open(listener.isIpv6());
    try {
      if (listener.isIpv6() && sharesPortWithIpv4(listener, settings.listeners())) {
        socket.ipv6Only();
      }
      socket.receiveBufferBytes(settings.receiveBufferBytes());
      socket.receiveOverflowCount();
      socket.receiveTimestamps();
      socket.receiveOffload(true);
      socket.noChecksum(); // of answers over IPv4
      if (listener.endpoint().address().isAnyLocalAddress()) {
        socket.receiveDestinations(); // an answer has to come from the address that was asked
      }
      return socket.bind(listener.endpoint());
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** Whether an IPv6 socket must leave IPv4 to another: [::] takes both otherwise. */
  private static boolean sharesPortWithIpv4(Listener listener, List<Listener> all) {
    return all.stream()
        .anyMatch(
            other -> !other.isIpv6() && other.endpoint().port() == listener.endpoint().port());
  }

  List<UdpSocket> sockets() {
    return sockets;
  }

  @Nullable StreamServer streams() {
    return streams;
  }

  @Override
  public void close() {
    sockets.forEach(UdpSocket::close);
    if (streams != null) {
      streams.close();
    }
  }
}
