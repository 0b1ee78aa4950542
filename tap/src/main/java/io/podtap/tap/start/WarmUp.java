/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.start;

import io.podtap.core.config.Endpoint;
import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import io.podtap.core.packet.LinkType;
import io.podtap.tap.IdleWork;
import io.podtap.tap.Mirror;
import io.podtap.tap.PacketOutput;
import io.podtap.tap.Sensors;
import io.podtap.tap.StreamOutput;
import io.podtap.tap.TapSettings;
import io.podtap.tap.TunnelOutput;
import io.podtap.tap.encapsulate.Encapsulator;
import io.podtap.tap.encapsulate.LinkHeader;
import io.podtap.tap.ledger.InterfaceLedger;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.segment.Segmenter;
import io.podtap.tap.send.DatagramOutput;
import io.podtap.tap.send.Inbox;
import io.podtap.tap.send.SendQueue;
import io.podtap.tap.send.SensorLanes;
import io.podtap.tap.stream.SensorStream;
import io.podtap.tap.stream.StreamSettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets the data path run on made-up frames while there are none to mirror yet, so that the compiler
 * has seen it: a cold tap cuts a super-frame in the time in which a fast transfer sends many, and
 * the ring is full before the compiler has taken notice. Nothing is sent; what is counted is thrown
 * away.
 *
 * <p>In slices of a few milliseconds, with rests in which the compiler works: the first real frame
 * waits for one slice at most, and ends the warm-up's need. Memory as in the tap: frames in a
 * shared arena like the ring, the rest in the hot thread's, since the compiler tells them apart.
 *
 * <p>The hot thread.
 */
public final class WarmUp implements IdleWork {

  /** How long to wait for real frames between slices. */
  private static final int REST_MS = 5;

  private static final int SLICES_MAX = 100;
  private static final int FRAMES_MAX = 20_000;
  private static final long SLICE_NS = TimeUnit.MILLISECONDS.toNanos(3);
  private static final int BATCH = 8;
  private static final int DISCARD_PORT = 9;

  private static final int SUPER_FRAME_BYTES = 30_000;
  private static final int SEGMENT_BYTES = 1_448;
  private static final int TCP_HEADER_BYTES = 32;
  private static final int SMALL_BYTES = 120;
  private static final int ARP_BYTES = 42;

  private final Arena ring = Arena.ofShared();
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment memory;
  private final Frame frame = new Frame();
  private final @Nullable SensorStream stream;
  private final @Nullable CipherRehearsal cipher;
  private final Mirror mirror;
  private int frames;
  private int slices;

  /** Takes memory until {@link #close}. */
  WarmUp(TapSettings settings, int tapId) {
    memory = ring.allocate(4L * (SUPER_FRAME_BYTES + 200), 8);
    stream = settings.tls().isPresent() ? stream() : null;
    cipher = stream != null ? new CipherRehearsal() : null;
    Ledger ledger = new Ledger(List.of(new InterfaceLedger("")), 0);
    mirror =
        new Mirror(
            new LinkHeader(tapId),
            new Segmenter(arena, settings.segment(), ledger.segment()),
            output(settings, ledger, tapId),
            ledger,
            new Sensors(List.of(stream != null ? stream : nowhere())),
            settings.shed().isOff() ? null : ledger.shedder(settings.shed()));
  }

  /** Returns whether it has run for long enough. */
  @Override
  public boolean isDone() {
    return slices >= SLICES_MAX || frames >= FRAMES_MAX;
  }

  /** Runs for some milliseconds. */
  @Override
  public void slice() {
    slices++;
    long end = System.nanoTime() + SLICE_NS;
    neitherTcpNorUdp();
    while (System.nanoTime() < end) {
      for (int i = 0; i < BATCH; i += 3) {
        tcp(frames, (frames & 1) == 0);
        mirror.onFrame(frame);
        small(frames, (frames & 2) == 0);
        mirror.onFrame(frame);
        small(frames + 1, (frames & 4) == 0);
        mirror.onFrame(frame);
        if (cipher != null) {
          cipher.encryptOne();
        }
        frames += 3;
      }
      mirror.onBatchEnd();
      if (stream != null) {
        stream.discard();
      }
    }
  }

  @Override
  public int restMs() {
    return REST_MS;
  }

  @Override
  public void close() {
    if (stream != null) {
      stream.close();
      stream.isSettled();
    }
    arena.close();
    ring.close();
  }

  private void tcp(int number, boolean ipv4) {
    int ip = put(ipv4, IpProtocol.TCP, TCP_HEADER_BYTES + SUPER_FRAME_BYTES);
    int tcp = Ethernet.HEADER_LENGTH + ip;
    Bytes.putU16(memory, tcp, number & 0xFFFF);
    Bytes.putU8(memory, tcp + 12L, TCP_HEADER_BYTES << 2);
    frame.gso(ipv4 ? Frame.GSO_TCPV4 : Frame.GSO_TCPV6, SEGMENT_BYTES).checksumNeeded(tcp, 16);
  }

  private void small(int number, boolean udp) {
    int protocol = udp ? IpProtocol.UDP : IpProtocol.TCP;
    int ip = put(true, protocol, SMALL_BYTES);
    int transport = Ethernet.HEADER_LENGTH + ip;
    Bytes.putU16(memory, transport, number & 0xFFFF);
    Bytes.putU16(memory, transport + 4L, SMALL_BYTES);
    Bytes.putU8(memory, transport + 12L, TCP_HEADER_BYTES << 2);
    frame.checksumNeeded(transport, udp ? 6 : 16);
  }

  /**
   * The compiler leaves out what it has not seen: the first ARP request would cost a tap its
   * compiled code, in the midst of a transfer.
   */
  private void neitherTcpNorUdp() {
    put(true, IpProtocol.ICMP, SMALL_BYTES);
    mirror.onFrame(frame);
    Ethernet.put(memory, 0, 1, 2, Ethernet.TYPE_ARP);
    frame.wrap(memory, 0, ARP_BYTES, ARP_BYTES, 0).origin(LinkType.ETHERNET, 0, true);
    mirror.onFrame(frame);
  }

  /** Writes link and IP header and moves the frame there; returns bytes of the IP header. */
  private int put(boolean ipv4, int protocol, int payloadBytes) {
    long ip = Ethernet.HEADER_LENGTH;
    int header = ipv4 ? Ipv4.HEADER_LENGTH_MIN : Ipv6.HEADER_LENGTH;
    Ethernet.put(memory, 0, 1, 2, ipv4 ? Ethernet.TYPE_IPV4 : Ethernet.TYPE_IPV6);
    Bytes.putU8(memory, ip, ipv4 ? 0x45 : 0x60);
    if (ipv4) {
      Ipv4.totalLength(memory, ip, header + payloadBytes);
      Bytes.putU8(memory, ip + 9, protocol);
    } else {
      Ipv6.payloadLength(memory, ip, payloadBytes);
      Ipv6.nextHeader(memory, ip, protocol);
    }
    int length = Ethernet.HEADER_LENGTH + header + payloadBytes;
    frame.wrap(memory, 0, length, length, 0).origin(LinkType.ETHERNET, 0, true);
    return header;
  }

  private PacketOutput output(TapSettings settings, Ledger ledger, int tapId) {
    return settings.tls().isPresent()
        ? new StreamOutput(ledger.failed(), new int[1], false)
        : new TunnelOutput(
            new Encapsulator(settings.encapsulation(), tapId),
            new SendQueue(arena, ledger.failed()),
            settings.padBytes());
  }

  private static Endpoint discard() {
    return new Endpoint(InetAddress.getLoopbackAddress(), DISCARD_PORT);
  }

  private static SensorStream stream() {
    return SensorStream.nowhere(
        discard(), StreamSettings.DEFAULT.withQueueBytes(StreamSettings.QUEUE_BYTES_MIN));
  }

  private static SensorLanes nowhere() {
    return new SensorLanes(discard(), List.of(new Nowhere(), new Nowhere()), 0);
  }

  /** Takes everything and keeps nothing. */
  private static final class Nowhere implements DatagramOutput {

    @Override
    public int send(MemorySegment buffer, long offset, int length, int datagramBytes) {
      return (length + datagramBytes - 1) / datagramBytes;
    }

    @Override
    public void join(boolean joined) {}

    @Override
    public int receive(Inbox inbox) {
      return 0;
    }

    @Override
    public int failure() {
      return 0;
    }

    @Override
    public int pathMtu() {
      return 0;
    }

    @Override
    public int headerBytes() {
      return 28;
    }

    @Override
    public int sourcePort() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
