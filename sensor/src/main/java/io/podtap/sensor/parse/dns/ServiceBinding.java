package io.podtap.sensor.parse.dns;

/**
 * The parameters of an SVCB or HTTPS record: priority, target name, then key, length and value of
 * each.
 *
 * @see "RFC 9460 sections 2.2 and 7.1"
 */
final class ServiceBinding {

  private static final int KEY_ALPN = 1;

  private ServiceBinding() {}

  /**
   * Returns whether the names of protocols in an {@code alpn} parameter fill it to its end.
   *
   * @param end where the record's data ends in the message
   */
  static boolean areProtocolsWhole(DnsMessageReader reader, int start, int end) {
    int at = behindTarget(reader, start + 2, end);
    while (at + 4 <= end) {
      int value = at + 4;
      int valueEnd = Math.min(end, value + reader.u16At(at + 2));
      if (reader.u16At(at) == KEY_ALPN && !isFilled(reader, value, valueEnd)) {
        return false;
      }
      at = value + reader.u16At(at + 2);
    }
    return true;
  }

  /** The target is never compressed (RFC 9460 section 2.2). */
  private static int behindTarget(DnsMessageReader reader, int start, int end) {
    int at = start;
    while (at < end && reader.u8At(at) != 0) {
      at += 1 + reader.u8At(at);
    }
    return at + 1;
  }

  private static boolean isFilled(DnsMessageReader reader, int start, int end) {
    int at = start;
    while (at < end) {
      at += 1 + reader.u8At(at);
    }
    return at == end;
  }
}
