/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static io.podtap.core.linux.SocketOptions.SOL_PACKET;
import static io.podtap.core.linux.SocketOptions.SOL_SOCKET;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A ring of blocks that the kernel fills with the frames of one interface (AF_PACKET, TPACKET_V3),
 * each with its offload facts (PACKET_VNET_HDR).
 *
 * <p>Blocks belong to the kernel until it hands one over ({@link #isBlockReady}); then they are the
 * reader's until {@link #releaseBlock}. Frames of a block stand one after another:
 *
 * <pre>
 * block : version:32 privateOffset:32 status:32 packets:32 firstOffset:32 length:32 sequence:64 times:128
 * packet: nextOffset:32 seconds:32 nanoseconds:32 captured:32 wire:32 status:32 mac:16 net:16
 *         hash:32 vlanTci:32 vlanTpid:16 pad:80                                           48 bytes
 *         sockaddr_ll: family:16 protocol:16 index:32 hardware:16 kind:8 length:8 address:64  at 48
 *         virtio_net_hdr: flags:8 gsoType:8 headerLength:16 gsoSize:16 checksumStart:16
 *                         checksumOffset:16                              10 bytes, right before mac
 *         the frame                                                                         at mac
 * </pre>
 *
 * <p>The socket is made for protocol 0, which takes nothing, and gets its filter before it is
 * bound: no frame of another interface and none that the filter refuses ever stands in the ring.
 *
 * <p>What the kernel does not say: frames larger than a block less its head (BIG TCP with small
 * blocks) are cut to fit, {@link #captured} is then less than {@link #wire}; super-frames of a kind
 * that virtio cannot name (SCTP) are not delivered and count as drops. One thread.
 *
 * @see "linux/if_packet.h, linux/virtio_net.h; net/packet/af_packet.c (tpacket_rcv); packet(7)"
 */
public final class PacketRing implements AutoCloseable {

  public static final int RING_BYTES_DEFAULT = 8 << 20;
  public static final int BLOCK_BYTES_DEFAULT = 256 << 10;
  public static final int RETIRE_TIMEOUT_MS_DEFAULT = 20;

  /** {@code VIRTIO_NET_HDR_F_NEEDS_CSUM}: the transport checksum is still to be filled in. */
  public static final int VNET_NEEDS_CHECKSUM = 1;

  /** {@code PACKET_OUTGOING}: the captured host sent the frame. */
  public static final int KIND_OUTGOING = 4;

  /** {@code ETH_P_ALL}: every frame, those that leave too. */
  static final int PROTOCOL_ALL = 3;

  static final int PROTOCOL_NONE = 0;

  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW_CLOEXEC = 0x8_0003;
  private static final int SOCK_DGRAM_CLOEXEC = 0x8_0002;
  private static final int TPACKET_V3 = 2;
  private static final int ADDRESS_LENGTH = 20;
  private static final int RING_REQUEST_LENGTH = 28;

  /** Bytes of one frame slot as the kernel checks them; V3 packs frames tighter than that. */
  private static final int FRAME_SLOT_BYTES = 2_048;

  private static final int STATUS_KERNEL = 0;
  private static final int STATUS_USER = 1;
  private static final int STATUS_LOSING = 4;
  private static final int STATUS_VLAN_VALID = 0x10;
  private static final int STATUS_VLAN_TPID_VALID = 0x40;

  private static final int BLOCK_STATUS = 8;
  private static final int BLOCK_PACKETS = 12;
  private static final int BLOCK_FIRST = 16;

  private static final int NEXT = 0;
  private static final int SECONDS = 4;
  private static final int NANOSECONDS = 8;
  private static final int CAPTURED = 12;
  private static final int WIRE = 16;
  private static final int STATUS = 20;
  private static final int MAC = 24;
  private static final int VLAN_TCI = 32;
  private static final int VLAN_TPID = 36;
  private static final int KIND = 58;

  private static final int VNET_LENGTH = 10;
  private static final int VNET_FLAGS = -VNET_LENGTH;
  private static final int VNET_GSO_TYPE = -9;
  private static final int VNET_GSO_SIZE = -6;
  private static final int VNET_CHECKSUM_START = -4;
  private static final int VNET_CHECKSUM_OFFSET = -2;

  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final VarHandle STATUS_HANDLE = JAVA_INT.varHandle();

  private final Descriptor descriptor;
  private final int fd;
  private final MemorySegment errno;
  private final MemorySegment statistics;
  private final MemorySegment statisticsLength;
  private final boolean cooked;
  private final int blockBytes;
  private final int blockCount;
  private final MemorySegment ring;
  private int block;

  /**
   * Makes the ring. Nothing is captured before {@link #bind}.
   *
   * @param ringBytes memory of the ring, at least two blocks; rounded down to whole blocks
   * @param blockBytes memory of a block, a power of two from the page size; a frame never spans two
   * @param retireTimeoutMs how long the kernel keeps a block that is not full, once it holds a
   *     frame
   * @param cooked whether link-layer headers are left out (for kinds of devices whose header is not
   *     known); there are no offload facts then
   */
  public PacketRing(int ringBytes, int blockBytes, int retireTimeoutMs, boolean cooked) {
    this.cooked = cooked;
    this.blockBytes = blockBytes;
    this.blockCount = ringBytes / blockBytes;
    if (blockCount < 2 || Integer.bitCount(blockBytes) != 1) {
      throw new IllegalArgumentException(
          "a ring of " + ringBytes + " bytes in blocks of " + blockBytes);
    }
    descriptor = openSocket(cooked);
    fd = descriptor.fd();
    errno = descriptor.errno();
    statistics = descriptor.arena().allocate(12, 4);
    statisticsLength = descriptor.arena().allocate(4, 4);
    try {
      require(SocketOptions.PACKET_VERSION, TPACKET_V3, "PACKET_VERSION");
      if (!cooked) { // before the ring: the kernel refuses it afterwards
        require(SocketOptions.PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
      }
      requestRing(retireTimeoutMs);
      ring = map();
    } catch (LinuxException e) {
      descriptor.close();
      throw e;
    }
  }

  private void require(int option, int value, String name) {
    SocketOptions.require(fd, SOL_PACKET, option, value, name);
  }

  private void requestRing(int retireTimeoutMs) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment request = call.allocate(RING_REQUEST_LENGTH, 4);
      request.setAtIndex(JAVA_INT, 0, blockBytes);
      request.setAtIndex(JAVA_INT, 1, blockCount);
      request.setAtIndex(JAVA_INT, 2, FRAME_SLOT_BYTES);
      request.setAtIndex(JAVA_INT, 3, blockBytes / FRAME_SLOT_BYTES * blockCount);
      request.setAtIndex(JAVA_INT, 4, retireTimeoutMs);
      int failure =
          SocketOptions.set(
              fd, SOL_PACKET, SocketOptions.PACKET_RX_RING, request, RING_REQUEST_LENGTH);
      if (failure != 0) {
        throw new LinuxException(
            "setsockopt(PACKET_RX_RING, " + blockCount + " blocks of " + blockBytes + ")", failure);
      }
    }
  }

  private MemorySegment map() {
    long length = (long) blockBytes * blockCount;
    return MappedMemory.map(errno, descriptor.arena(), length, MappedMemory.MAP_SHARED, fd);
  }

  /**
   * Puts a classic BPF program in the place of the present one, at once and for every later frame:
   * no frame passes unfiltered in between. Frames that stand in the ring stay.
   *
   * @param instructions as {@link ClassicBpf#attach} takes them
   */
  public void filter(long[] instructions) {
    ClassicBpf.attach(fd, instructions);
  }

  /**
   * Begins to capture on an interface. May be called again when the interface has gone and come
   * back under another index; the ring and its counters stay.
   *
   * @throws LinuxException {@code ENODEV} when there is no such interface; an interface that is
   *     down is bound and its frames come once it is up
   */
  public void bind(int interfaceIndex) {
    bind(errno, fd, interfaceIndex, PROTOCOL_ALL);
  }

  static void bind(MemorySegment errno, int fd, int interfaceIndex, int protocol) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment address = call.allocate(ADDRESS_LENGTH, 4);
      address.set(SHORT, 0, (short) AF_PACKET);
      address.set(SHORT, 2, Short.reverseBytes((short) protocol));
      address.set(JAVA_INT, 4, interfaceIndex);
      int result = Linux.bind(errno, fd, address, ADDRESS_LENGTH);
      if (result < 0 && result != -Errno.ENETDOWN) {
        throw new LinuxException("bind(AF_PACKET, interface " + interfaceIndex + ")", -result);
      }
    }
  }

  /** Opens a packet socket without a ring that takes nothing before it is bound. */
  static Descriptor openSocket(boolean cooked) {
    int type = cooked ? SOCK_DGRAM_CLOEXEC : SOCK_RAW_CLOEXEC;
    return new Descriptor(
        Linux.socket(Linux.errno(), AF_PACKET, type, 0),
        "socket(AF_PACKET, " + (cooked ? "SOCK_DGRAM)" : "SOCK_RAW)"),
        "CAP_NET_RAW");
  }

  /** Returns the descriptor, readable when a block is ready; it stays this object's. */
  public int fd() {
    return fd;
  }

  /** Returns the memory of the whole ring. */
  public MemorySegment segment() {
    return ring;
  }

  /** Returns bytes of the ring. */
  public long ringBytes() {
    return ring.byteSize();
  }

  /** Returns bytes of a frame at most; what is longer is cut. */
  public int frameBytesMax() {
    return blockBytes - 160;
  }

  /** Returns and clears the socket's error: {@code ENETDOWN} when the interface went; else 0. */
  public int pendingError() {
    return SocketOptions.get(fd, SOL_SOCKET, SocketOptions.SO_ERROR);
  }

  /**
   * Reads the counters since the last call and clears them; then {@link #statisticsPackets} and
   * {@link #statisticsDrops} tell. Costs a system call; allocates nothing.
   */
  public void readStatistics() {
    statisticsLength.set(JAVA_INT, 0, 12);
    int result =
        Linux.getsockopt(
            errno, fd, SOL_PACKET, SocketOptions.PACKET_STATISTICS, statistics, statisticsLength);
    if (result < 0) {
      throw new LinuxException("getsockopt(PACKET_STATISTICS)", -result);
    }
  }

  /** Returns frames that passed the filter in the period last read, the dropped ones included. */
  public long statisticsPackets() {
    return statistics.get(JAVA_INT, 0) & 0xFFFF_FFFFL;
  }

  /** Returns frames that passed the filter and found no room in the period last read. */
  public long statisticsDrops() {
    return statistics.get(JAVA_INT, 4) & 0xFFFF_FFFFL;
  }

  /** Returns how often the whole ring was full in the period last read. */
  public long statisticsFreezes() {
    return statistics.get(JAVA_INT, 8) & 0xFFFF_FFFFL;
  }

  /** Returns whether the next block is the reader's. */
  public boolean isBlockReady() {
    return (blockStatus() & STATUS_USER) != 0;
  }

  /** Returns whether frames were dropped before the ready block was closed. */
  public boolean isLosing() {
    return (blockStatus() & STATUS_LOSING) != 0;
  }

  private int blockStatus() {
    return (int) STATUS_HANDLE.getAcquire(ring, blockOffset() + BLOCK_STATUS);
  }

  private long blockOffset() {
    return (long) block * blockBytes;
  }

  /** Returns frames in the ready block. */
  public int blockPackets() {
    return ring.get(JAVA_INT_UNALIGNED, blockOffset() + BLOCK_PACKETS);
  }

  /** Returns where the ready block's first packet header stands in {@link #segment}. */
  public long firstPacket() {
    return blockOffset() + Integer.toUnsignedLong(intAt(blockOffset() + BLOCK_FIRST));
  }

  /** Gives the ready block back to the kernel and turns to the next one. */
  public void releaseBlock() {
    STATUS_HANDLE.setRelease(ring, blockOffset() + BLOCK_STATUS, STATUS_KERNEL);
    block = block + 1 == blockCount ? 0 : block + 1;
  }

  private int intAt(long offset) {
    return ring.get(JAVA_INT_UNALIGNED, offset);
  }

  private int shortAt(long offset) {
    return ring.get(SHORT, offset) & 0xFFFF;
  }

  /** Returns the packet header behind this one; meaningless behind the block's last. */
  public long nextPacket(long packet) {
    return packet + Integer.toUnsignedLong(intAt(packet + NEXT));
  }

  /** Returns where the frame begins in {@link #segment}. */
  public long frameOffset(long packet) {
    return packet + shortAt(packet + MAC);
  }

  /** Returns how many bytes of the frame stand in the ring. */
  public int captured(long packet) {
    return intAt(packet + CAPTURED);
  }

  /** Returns how many bytes the frame has. */
  public int wire(long packet) {
    return intAt(packet + WIRE);
  }

  /** Returns when the kernel saw the frame, nanoseconds since 1970. */
  public long timestampNs(long packet) {
    return Integer.toUnsignedLong(intAt(packet + SECONDS)) * 1_000_000_000L
        + intAt(packet + NANOSECONDS);
  }

  /** Returns whether the captured host sent the frame. */
  public boolean isOutgoing(long packet) {
    return ring.get(ValueLayout.JAVA_BYTE, packet + KIND) == KIND_OUTGOING;
  }

  /** Returns the type of the VLAN tag that was taken out of the frame; 0 when there was none. */
  public int vlanTpid(long packet) {
    int status = intAt(packet + STATUS);
    if ((status & STATUS_VLAN_VALID) == 0) {
      return 0;
    }
    return (status & STATUS_VLAN_TPID_VALID) != 0 ? shortAt(packet + VLAN_TPID) : 0x8100;
  }

  /** Returns the sixteen bits of the VLAN tag that was taken out. */
  public int vlanTci(long packet) {
    return intAt(packet + VLAN_TCI) & 0xFFFF;
  }

  /** Returns whether {@link #gsoType} and the checksum's place are known. */
  public boolean hasOffloadFacts() {
    return !cooked;
  }

  /** Returns the kind of super-frame, {@code VIRTIO_NET_HDR_GSO_}; 0 for none. */
  public int gsoType(long frameOffset) {
    return ring.get(ValueLayout.JAVA_BYTE, frameOffset + VNET_GSO_TYPE) & 0xFF;
  }

  /** Returns payload bytes of a segment of a super-frame. */
  public int gsoSize(long frameOffset) {
    return shortAt(frameOffset + VNET_GSO_SIZE);
  }

  /** Returns whether the transport checksum is still to be filled in. */
  public boolean isChecksumNeeded(long frameOffset) {
    return (ring.get(ValueLayout.JAVA_BYTE, frameOffset + VNET_FLAGS) & VNET_NEEDS_CHECKSUM) != 0;
  }

  /** Returns where summing begins, bytes from the start of the frame as it stands in the ring. */
  public int checksumStart(long frameOffset) {
    return shortAt(frameOffset + VNET_CHECKSUM_START);
  }

  /** Returns where the sum goes, bytes from {@link #checksumStart}. */
  public int checksumOffset(long frameOffset) {
    return shortAt(frameOffset + VNET_CHECKSUM_OFFSET);
  }

  /** Closes the descriptor and unmaps the ring; a second call does nothing. */
  @Override
  public void close() {
    descriptor.close();
  }
}
