package io.podtap.sensor.track;

import java.util.BitSet;

/**
 * Ports that a server is likely to use: tells the roles apart when the first packet of a connection
 * was not seen. The set is Zeek's {@code likely_server_ports} with its default scripts.
 */
final class ServerPorts {

  private static final BitSet TCP =
      ports(
          21,
          22,
          25,
          53,
          80,
          81,
          88,
          110,
          135,
          139,
          143,
          389,
          443,
          445,
          502,
          514,
          563,
          585,
          587,
          614,
          631,
          636,
          989,
          990,
          992,
          993,
          995,
          1080,
          1434,
          1883,
          2811,
          3128,
          3268,
          3306,
          3389,
          5060,
          5222,
          5223,
          5269,
          5432,
          6379,
          6666,
          6667,
          6668,
          6669,
          8000,
          8080,
          8888,
          20_000,
          // of protocols that Zeek has no scripts for: AMQP, Kafka, gRPC, MongoDB
          5672,
          9092,
          50_051,
          27_017);

  private static final BitSet UDP =
      ports(
          53, 67, 88, 123, 137, 161, 162, 389, 443, 514, 1812, 2123, 2152, 3268, 3389, 3544, 4789,
          5060, 5072, 5353, 5355, 6081, 20_000);

  private ServerPorts() {}

  /** Returns whether a person may sit behind a connection to this port, and be silent for long. */
  static boolean isInteractive(int port) {
    return port == 21 || port == 22 || port == 23 || port == 513;
  }

  static boolean isTcp(int port) {
    return TCP.get(port);
  }

  static boolean isUdp(int port) {
    return UDP.get(port);
  }

  private static BitSet ports(int... all) {
    BitSet set = new BitSet(1 << 16);
    for (int port : all) {
      set.set(port);
    }
    return set;
  }
}
