package io.podtap.tap.send;

import io.podtap.core.config.Endpoint;
import io.podtap.core.linux.Errno;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.SendBatch;
import io.podtap.core.linux.UdpSocket;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket connected to one sensor, bound to one source port, Don't Fragment set. Uses {@code
 * UDP_SEGMENT}; where kernel or device cannot, {@code sendmmsg}. One thread.
 */
public final class SocketOutput implements DatagramOutput {

  /** Ports that a tunnel may send from. */
  public static final int SOURCE_PORT_MIN = 49_152;

  public static final int SOURCE_PORT_MAX = 65_535;

  private static final int IPV4_AND_UDP_BYTES = 28;
  private static final int IPV6_AND_UDP_BYTES = 48;

  private final UdpSocket socket;
  private final int sourcePort;
  private final int headerBytes;
  private int segmentsMax = UdpSocket.SEGMENTS_MAX;
  private @Nullable SendBatch singly;
  private int failure;

  private SocketOutput(UdpSocket socket, int sourcePort, int headerBytes, boolean joined) {
    this.socket = socket;
    this.sourcePort = sourcePort;
    this.headerBytes = headerBytes;
    if (!joined || !socket.supportsSegmentation()) {
      singly = new SendBatch(UdpSocket.SEGMENTS_MAX);
    }
  }

  /**
   * Opens a socket on the first free port from {@code firstPort} on.
   *
   * @param mark what the socket's packets are marked with, so that the capture's filter knows them;
   *     0 for no mark. Not permitted is not an error: the filter then goes by ports
   * @param sendBufferBytes what the kernel may hold of packets that wait for the device
   * @param joined whether {@code UDP_SEGMENT} may be used. Between network namespaces of one
   *     machine its datagrams stay one buffer, which a socket takes apart and a packet socket does
   *     not
   */
  public static SocketOutput open(
      Endpoint sensor, int firstPort, int mark, int sendBufferBytes, boolean joined) {
    boolean ipv6 = sensor.address() instanceof Inet6Address;
    UdpSocket socket = UdpSocket.open(ipv6);
    try {
      if (mark != 0) {
        socket.mark(mark);
      }
      socket.sendBufferBytes(sendBufferBytes);
      socket.dontFragment();
      if (!joined && !ipv6) { // a receiver over IPv6 may refuse what has none
        socket.noChecksum();
      }
      int port = bindFrom(socket, firstPort, ipv6);
      socket.connect(sensor);
      return new SocketOutput(socket, port, ipv6 ? IPV6_AND_UDP_BYTES : IPV4_AND_UDP_BYTES, joined);
    } catch (RuntimeException e) {
      socket.close();
      throw e;
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
  public int send(MemorySegment buffer, long offset, int length, int datagramBytes) {
    if (singly == null) {
      int sent = sendJoined(buffer, offset, length, datagramBytes);
      if (failure != Errno.EIO || sent > 0 || length <= datagramBytes) {
        return sent;
      }
      singly = new SendBatch(UdpSocket.SEGMENTS_MAX); // a device without checksum offload
    }
    return sendSingly(singly, buffer, offset, length, datagramBytes);
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

  private int sendSingly(
      SendBatch batch, MemorySegment buffer, long offset, int length, int datagramBytes) {
    for (int at = 0; at < length; at += datagramBytes) {
      batch.add(buffer, offset + at, Math.min(datagramBytes, length - at));
    }
    int sent = batch.send(socket);
    failure = batch.firstErrno();
    return sent;
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
    return headerBytes;
  }

  @Override
  public int sourcePort() {
    return sourcePort;
  }

  /** Returns whether batches leave by {@code UDP_SEGMENT}. */
  public boolean isSegmenting() {
    return singly == null;
  }

  @Override
  public void close() {
    socket.close();
    if (singly != null) {
      singly.close();
    }
  }
}
