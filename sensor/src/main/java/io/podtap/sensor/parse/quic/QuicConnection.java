/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.hello.ClientHello;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What is known of one connection, or of one attempt that a Retry ended. */
final class QuicConnection {

  private static final int HISTORY_MAX = 100;

  /** Hellos come in the first few; more are not worth the work. */
  private static final int DECRYPTED_MAX = 64;

  /** Heap of this object with its keys, ids and history. */
  private static final long BYTES = 2_048;

  private long firstNs;

  /** Whether its record is written and nothing has come since. */
  private boolean isWritten;

  private long version;
  private final StringBuilder history = new StringBuilder();
  private final int[] oneRttPackets = new int[2];
  private final HeapAccount account;
  private final CryptoStream clientCrypto;
  private final CryptoStream serverCrypto;
  private @Nullable InitialKeys clientKeys;
  private @Nullable InitialKeys serverKeys;
  private @Nullable QuicVersion keysVersion;
  private byte @Nullable [] firstDestinationId;
  private @Nullable String firstDestination;
  private @Nullable String clientSource;
  private @Nullable String serverSource;
  private @Nullable ClientHello hello;
  private int tries;
  private boolean decrypted;

  /**
   * @param account of the flow, to which this counts until {@link #release}
   */
  QuicConnection(HeapAccount account, long firstNs, long version) {
    this.account = account;
    this.clientCrypto = new CryptoStream(account);
    this.serverCrypto = new CryptoStream(account);
    account.take(BYTES);
    this.firstNs = firstNs;
    this.version = version;
  }

  /**
   * Adds a letter for something that one end sent.
   *
   * @return whether it was the last one that there was room for
   */
  boolean add(boolean fromClient, char letter) {
    if (history.length() >= HISTORY_MAX) {
      return false;
    }
    history.append(fromClient ? letter : Character.toLowerCase(letter));
    return history.length() == HISTORY_MAX;
  }

  /** Notes that the record is written; another one begins with the next packet, as in Zeek. */
  void written() {
    isWritten = true;
    history.setLength(0);
    firstDestination = null;
    clientSource = null;
    serverSource = null;
    if (hello != null) {
      account.giveBack(hello.heapBytes());
      hello = null;
    }
  }

  /** Begins another record, if the last one is written. */
  void begin(long nowNs, long packetVersion) {
    if (isWritten) {
      isWritten = false;
      firstNs = nowNs;
      version = packetVersion;
    }
  }

  boolean isWritten() {
    return isWritten;
  }

  /**
   * Counts a packet behind the handshake: the 1st, 2nd, 4th, 8th ... has a letter.
   *
   * @return which one of these it was, or 0
   */
  int addOneRtt(boolean fromClient) {
    int count = ++oneRttPackets[fromClient ? 0 : 1];
    boolean isTold = (count & (count - 1)) == 0;
    if (isTold && !isWritten) {
      add(fromClient, 'O');
    }
    return isTold ? count : 0;
  }

  /** Returns whether an Initial packet was what it claims to be. */
  boolean isCertain() {
    return decrypted;
  }

  /** Remembers the ids that an end chose. */
  void notice(boolean fromClient, Payload data, LongHeader header) {
    String source = hex(data, header.sourceAt, header.sourceLength);
    if (!fromClient) {
      serverSource = source;
      return;
    }
    clientSource = source;
    if (firstDestination == null && header.destinationLength > 0) {
      firstDestination = hex(data, header.destinationAt, header.destinationLength);
    }
    if (firstDestinationId == null) {
      firstDestinationId = data.copy(header.destinationAt, header.destinationLength);
    }
  }

  /**
   * Decrypts an Initial packet into {@code decryptor.frames()}.
   *
   * @return bytes of its frames, or {@link InitialDecryptor#NOT_DECRYPTED}
   */
  int decrypt(
      boolean fromClient,
      Payload data,
      LongHeader header,
      QuicVersion known,
      InitialDecryptor decryptor)
      throws GeneralSecurityException {
    byte[] first = firstDestinationId;
    if (fromClient && !decrypted) { // a client may begin anew under another id
      derive(known, data.copy(header.destinationAt, header.destinationLength));
    } else if (known != keysVersion && first != null) {
      derive(known, first); // the version changed, the id that keys come from did not
    }
    InitialKeys keys = fromClient ? clientKeys : serverKeys;
    if (keys == null || tries >= DECRYPTED_MAX || crypto(fromClient).isFinished()) {
      return InitialDecryptor.NOT_DECRYPTED;
    }
    tries++;
    int length = decryptor.decrypt(data, header.numberAt, header.packetLength, keys);
    decrypted |= length >= 0;
    if (length >= 0 && !fromClient) {
      version = header.version; // the server chooses (RFC 9368 section 2.3)
    }
    return length;
  }

  private void derive(QuicVersion known, byte[] id) throws GeneralSecurityException {
    clientKeys = InitialKeys.derive(known, id, true);
    serverKeys = InitialKeys.derive(known, id, /* client= */ false);
    keysVersion = known;
  }

  /**
   * Returns whether a client's Initial packet begins another connection: it names an id that this
   * one has never had, and is protected with keys of that id.
   */
  boolean isForeign(Payload data, LongHeader header, QuicVersion known, InitialDecryptor decryptor)
      throws GeneralSecurityException {
    byte[] id = data.copy(header.destinationAt, header.destinationLength);
    String destination = HexFormat.of().formatHex(id);
    boolean isNew =
        decrypted && !destination.equals(firstDestination) && !destination.equals(serverSource);
    if (!isNew || tries >= DECRYPTED_MAX) {
      return false;
    }
    tries++;
    InitialKeys keys = InitialKeys.derive(known, id, true);
    return decryptor.decrypt(data, header.numberAt, header.packetLength, keys) >= 0;
  }

  CryptoStream crypto(boolean fromClient) {
    return fromClient ? clientCrypto : serverCrypto;
  }

  void hello(ClientHello read) {
    if (hello == null) {
      hello = read;
      account.take(read.heapBytes());
    }
  }

  /** Gives back what this holds: another connection takes its place. */
  void release() {
    account.giveBack(
        BYTES
            + clientCrypto.heapBytes()
            + serverCrypto.heapBytes()
            + (hello == null ? 0 : hello.heapBytes()));
  }

  QuicLog.Row row(Flow flow) {
    return new QuicLog.Row(
        flow,
        firstNs,
        QuicVersion.name(version),
        firstDestination,
        clientSource,
        serverSource,
        hello == null ? null : hello.serverName(),
        hello == null ? null : hello.protocol(),
        history.toString());
  }

  private static String hex(Payload data, int at, int length) {
    return HexFormat.of().formatHex(data.copy(at, length));
  }
}
