package io.podtap.sensor.parse.ssh;

import io.podtap.sensor.parse.Digests;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Payload;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What one end offers.
 *
 * @see "RFC 4253 section 7.1"
 */
final class KeyExchange {

  static final int KEY_EXCHANGE = 0;
  static final int HOST_KEY = 1;
  static final int CIPHER = 2;
  static final int MAC = 4;
  static final int COMPRESSION = 6;

  private static final int LISTS = 8;
  private static final int COOKIE_BYTES = 16;

  /** Names with commas between them: two lists each for cipher, MAC and compression. */
  private final String[] lists;

  private KeyExchange(String[] lists) {
    this.lists = lists;
  }

  /** Reads the message behind its number; null when it is cut. */
  static @Nullable KeyExchange of(Payload message) {
    message.skip(1 + COOKIE_BYTES);
    String[] lists = new String[LISTS];
    for (int i = 0; i < LISTS; i++) {
      long length = message.u32(0);
      if (length < 0 || length > message.length() - 4) {
        return null;
      }
      lists[i] = message.text(4, (int) length);
      message.skip(4 + (int) length);
    }
    return new KeyExchange(lists);
  }

  /** Returns the heap that it takes with its texts. */
  long heapBytes() {
    long sum = 24 + HeapSize.ARRAY + 4 * LISTS;
    for (String list : lists) {
      sum += HeapSize.text(list);
    }
    return sum;
  }

  /** Returns the client's first that the server has, too. */
  static String agreed(KeyExchange client, KeyExchange server, int which) {
    String[] there = server.lists[which].split(",", -1);
    for (String wanted : client.lists[which].split(",", -1)) {
      for (String offered : there) {
        if (wanted.equals(offered)) {
          return wanted;
        }
      }
    }
    return "Algorithm negotiation failed";
  }

  /** Returns what is agreed on for both directions; both when they differ. */
  static String agreedBothWays(KeyExchange client, KeyExchange server, int which) {
    String there = agreed(client, server, which);
    String back = agreed(client, server, which + 1);
    return there.equals(back) ? there : "To server: " + there + ", to client: " + back;
  }

  /**
   * Returns the HASSH of one end: the MD5 of what it offers for what it sends.
   *
   * @see "github.com/salesforce/hassh, licence BSD-3-Clause"
   */
  String hassh(boolean ofClient) {
    int way = ofClient ? 0 : 1;
    String offer =
        lists[KEY_EXCHANGE]
            + ';'
            + lists[CIPHER + way]
            + ';'
            + lists[MAC + way]
            + ';'
            + lists[COMPRESSION + way];
    return Digests.hex("MD5", offer.getBytes(StandardCharsets.ISO_8859_1));
  }
}
