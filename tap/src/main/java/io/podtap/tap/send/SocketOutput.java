/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import io.podtap.core.config.Endpoint;
import io.podtap.core.linux.Errno;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.RawUdpSocket;
import io.podtap.core.linux.ReceiveBatch;
import io.podtap.core.linux.SendBatch;
import io.podtap.core.linux.UdpSocket;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket connected to one sensor, bound to one source port, Don't Fragment set. Joined
 * datagrams leave by {@code UDP_SEGMENT}; where kernel or device cannot, and where each is to leave
 * alone, by {@code sendmmsg}.
 *
 * <p>What leaves alone is for receivers that look at the packet on its way, where nobody fills in
 * the checksum that the kernel has left to a network card: over IPv4 there is none, as is usual for
 * tunnels, and over IPv6 it is complete ({@link RawUdpSocket}), as far as {@code CAP_NET_RAW} is
 * held. One thread.
 *
 * @see "RFC 7348 section 5; RFC 8200 section 8.1"
 */
public final class SocketOutput implements DatagramOutput {

  /**
   * Marks the tunnel's packets, in every tap alike: two taps in one pod would otherwise mirror each
   * other without end. A mark ends with its network namespace, so taps elsewhere stay visible.
   */
  public static final int MARK = 0x504F_4454;

  /** Ports that a tunnel may send from. */
  public static final int SOURCE_PORT_MIN = 49_152;

  public static final int SOURCE_PORT_MAX = 65_535;

  private static final int IPV4_AND_UDP_BYTES = 28;
  private static final int IPV6_AND_UDP_BYTES = 48;

  /** A lane expects a receipt every other second; what floods it waits, and is lost in the end. */
  private static final int RECEIVE_DATAGRAMS = 8;

  /** Longer than a receipt, so that one that is too long can be told. */
  private static final int RECEIVE_BYTES = 256;

  private static final int RECEIVE_BUFFER_BYTES = 32 << 10;

  private final UdpSocket socket;
  private final @Nullable RawUdpSocket raw;
  private final int sourcePort;
  private final boolean ipv6;
  private final boolean segments;
  private int segmentsMax = UdpSocket.SEGMENTS_MAX;
  private boolean joined;
  private @Nullable SendBatch singly;
  private @Nullable ReceiveBatch received;
  private int failure;

  private SocketOutput(UdpSocket socket, @Nullable RawUdpSocket raw, int sourcePort, boolean ipv6) {
    this.socket = socket;
    this.raw = raw;
    this.sourcePort = sourcePort;
    this.ipv6 = ipv6;
    segments = socket.supportsSegmentation();
  }

  /**
   * Opens a socket on the first free port from {@code firstPort} on.
   *
   * @param mark what the socket's packets are marked with, so that the capture's filter knows them;
   *     0 for no mark. Not permitted is not an error: the filter then goes by ports
   * @param sendBufferBytes what the kernel may hold of packets that wait for the device
   */
  public static SocketOutput open(Endpoint sensor, int firstPort, int mark, int sendBufferBytes) {
    boolean ipv6 = sensor.address() instanceof Inet6Address;
    UdpSocket socket = UdpSocket.open(ipv6);
    try {
      if (mark != 0) {
        socket.mark(mark);
      }
      socket.sendBufferBytes(sendBufferBytes);
      socket.receiveBufferBytes(RECEIVE_BUFFER_BYTES);
      socket.dontFragment();
      int port = bindFrom(socket, firstPort, ipv6);
      socket.connect(sensor);
      RawUdpSocket raw = ipv6 ? openRaw(sensor, port, mark, sendBufferBytes) : null;
      SocketOutput output = new SocketOutput(socket, raw, port, ipv6);
      output.applyChecksum();
      return output;
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static @Nullable RawUdpSocket openRaw(
      Endpoint sensor, int port, int mark, int sendBufferBytes) {
    try {
      return new RawUdpSocket(sensor, port, mark, sendBufferBytes);
    } catch (LinuxException e) {
      return null; // not permitted: a gateway needs no capability
    }
  }

  private static int bindFrom(UdpSocket socket, int firstPort, boolean ipv6) {
    InetAddress any = any(ipv6);
    int ports = SOURCE_PORT_MAX - SOURCE_PORT_MIN + 1;
    for (int i = 0; ; i++) {
      int port = SOURCE_PORT_MIN + (firstPort - SOURCE_PORT_MIN + i) % ports;
      try {
        socket.bind(new Endpoint(any, port));
        return port;
      } catch (LinuxException e) {
        if (e.errno() != Errno.EADDRINUSE || i == ports - 1) {
          throw e;
        }
      }
    }
  }

  private static InetAddress any(boolean ipv6) {
    try {
      return InetAddress.getByAddress(new byte[ipv6 ? 16 : 4]);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 and 16 bytes are an address", e);
    }
  }

  @Override
  public void join(boolean wanted) {
    if (joined != wanted) {
      joined = wanted;
      applyChecksum();
    }
  }

  /** The kernel refuses to segment what is to have no checksum. */
  private void applyChecksum() {
    if (!ipv6) {
      socket.checksum(joined && segments);
    }
  }

  @Override
  public int send(MemorySegment buffer, long offset, int length, int datagramBytes) {
    if (joined && segments) {
      int sent = sendJoined(buffer, offset, length, datagramBytes);
      if (failure != Errno.EIO || sent > 0 || length <= datagramBytes) {
        return sent;
      }
      joined = false; // a device without checksum offload
      applyChecksum();
    }
    return sendSingly(buffer, offset, length, datagramBytes);
  }

  /** Sends with one call, or with as many as an older kernel needs. */
  private int sendJoined(MemorySegment buffer, long offset, int length, int datagramBytes) {
    int done = 0;
    while (done < length) {
      int bytes = Math.min(length - done, segmentsMax * datagramBytes);
      failure = socket.sendSegmented(buffer, offset + done, bytes, datagramBytes);
      if (failure == Errno.EINVAL && bytes > UdpSocket.SEGMENTS_ALWAYS * datagramBytes) {
        segmentsMax = UdpSocket.SEGMENTS_ALWAYS;
      } else if (failure != 0) {
        break;
      } else {
        done += bytes;
      }
    }
    return (done + datagramBytes - 1) / datagramBytes;
  }

  private int sendSingly(MemorySegment buffer, long offset, int length, int datagramBytes) {
    SendBatch batch = singly;
    if (batch == null) {
      batch =
          raw == null
              ? new SendBatch(UdpSocket.SEGMENTS_MAX)
              : SendBatch.withHeaders(UdpSocket.SEGMENTS_MAX, raw);
      singly = batch;
    }
    for (int at = 0; at < length; at += datagramBytes) {
      batch.add(buffer, offset + at, Math.min(datagramBytes, length - at));
    }
    int sent = raw == null ? batch.send(socket) : batch.send(raw);
    failure = batch.firstErrno();
    return sent;
  }

  @Override
  public int receive(Inbox inbox) {
    ReceiveBatch batch = received;
    if (batch == null) {
      batch = new ReceiveBatch(RECEIVE_DATAGRAMS, RECEIVE_BYTES);
      received = batch;
    }
    int count = batch.receive(socket);
    for (int i = 0; i < count; i++) {
      inbox.onDatagram(batch.segment(), batch.offset(i), batch.length(i));
    }
    return batch.lastErrno();
  }

  @Override
  public int failure() {
    return failure;
  }

  @Override
  public int pathMtu() {
    return socket.pathMtu();
  }

  @Override
  public int headerBytes() {
    return ipv6 ? IPV6_AND_UDP_BYTES : IPV4_AND_UDP_BYTES;
  }

  @Override
  public int sourcePort() {
    return sourcePort;
  }

  /** Returns whether batches leave by {@code UDP_SEGMENT}. */
  public boolean isSegmenting() {
    return joined && segments;
  }

  @Override
  public void close() {
    socket.close();
    if (raw != null) {
      raw.close();
    }
    if (singly != null) {
      singly.close();
    }
    if (received != null) {
      received.close();
    }
  }
}
