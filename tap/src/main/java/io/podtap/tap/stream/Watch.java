package io.podtap.tap.stream;

import io.podtap.core.linux.Poller;
import io.podtap.core.linux.Wakeup;

/**
 * What a stream's thread sleeps on: its connection, when it has one, and being woken. {@link
 * #wakeUp} is for the hot thread, all else for the stream's.
 */
final class Watch implements AutoCloseable {

  private static final int NOTHING = -1;

  private final Wakeup wakeup = new Wakeup();
  private final Poller poller = new Poller(2);
  private final int woken = poller.add(wakeup.fd());
  private final int connection = poller.add(NOTHING);

  /** Watches a connection's descriptor as well. */
  void begin(int fd) {
    poller.replace(connection, fd);
  }

  /** Watches no connection any more. */
  void end() {
    poller.replace(connection, NOTHING);
  }

  /**
   * Waits until the connection has something to read, the thread is woken, or the time is over.
   *
   * @param forRoom whether also until the connection can be written to
   */
  void await(long timeoutMs, boolean forRoom) {
    poller.wantWritable(connection, forRoom);
    poller.poll(Math.toIntExact(timeoutMs));
    if (poller.isReadable(woken)) {
      wakeup.clear();
    }
  }

  /** Returns whether the connection had room the last time that was waited for. */
  boolean hasRoom() {
    return poller.isWritable(connection);
  }

  void wakeUp() {
    wakeup.signal();
  }

  /** Once neither thread uses it any more. */
  @Override
  public void close() {
    poller.close();
    wakeup.close();
  }
}
