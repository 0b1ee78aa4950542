package io.podtap.sensor.detect;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;

/**
 * First bytes of what clusters speak and Zeek does not name: AMQP, MongoDB, Kafka.
 *
 * @see "AMQP 0-9-1 section 4.2.2; OASIS AMQP 1.0 section 2.2; MongoDB wire protocol; Kafka protocol
 *     guide"
 */
final class ClusterSignatures {

  private static final int KAFKA_HEADER = 14;
  private static final long KAFKA_FIRST_MAX = 1 << 20;
  private static final int KAFKA_KIND_MAX = 127;
  private static final int KAFKA_VERSION_MAX = 31;
  private static final int KAFKA_CLIENT_MAX = 249;
  private static final int NO_CLIENT = 0xFFFF;

  /** Of a connection, of its start: class 10, method 10. */
  private static final int AMQP_START = 0x000A_000A;

  private static final int MONGODB_HEADER = 16;
  private static final int MONGODB_LENGTH_MAX = 64 << 20;

  private ClusterSignatures() {}

  static long client(Payload p) {
    if (p.has(0, "AMQP") && p.u8(4) <= 3) {
      return Service.AMQP.bit();
    }
    if (isMongodb(p, /* answer= */ false)) {
      return Service.MONGODB.bit();
    }
    return isKafka(p) ? Service.KAFKA.bit() : 0;
  }

  static long server(Payload p) {
    if (p.has(0, "AMQP") || (p.u8(0) == 1 && p.u16(1) == 0 && p.u32(7) == AMQP_START)) {
      return Service.AMQP.bit();
    }
    return isMongodb(p, /* answer= */ true) ? Service.MONGODB.bit() : 0;
  }

  private static boolean isMongodb(Payload p, boolean answer) {
    int length = Integer.reverseBytes((int) p.u32(0));
    boolean answers = p.u32(8) != 0;
    if (p.length() < MONGODB_HEADER || length < MONGODB_HEADER || length > MONGODB_LENGTH_MAX) {
      return false;
    }
    return switch (Integer.reverseBytes((int) p.u32(12))) {
      case 1 -> answer && answers;
      case 2_004 -> !answer && !answers;
      case 2_012, 2_013 -> answer == answers;
      default -> false;
    };
  }

  /** Size, kind, version, correlation id, the client's name. */
  private static boolean isKafka(Payload p) {
    long size = p.u32(0);
    int name = p.u16(12) == NO_CLIENT ? 0 : p.u16(12);
    boolean plausible =
        p.length() >= KAFKA_HEADER
            && size >= KAFKA_HEADER - 4 + name
            && size <= KAFKA_FIRST_MAX
            && p.u16(4) <= KAFKA_KIND_MAX
            && p.u16(6) <= KAFKA_VERSION_MAX
            && name <= KAFKA_CLIENT_MAX;
    for (int at = KAFKA_HEADER; plausible && at < KAFKA_HEADER + name && p.u8(at) >= 0; at++) {
      plausible = p.u8(at) >= ' ' && p.u8(at) < 0x7F;
    }
    return plausible;
  }
}
