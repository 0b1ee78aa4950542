/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/**
 * What a detection has found, as a builder: {@code Notice.of("Scan::Port_Scan", message)} and then
 * what else is known. It is complete when it is passed to {@link Notices#emit}.
 */
public final class Notice {

  /** As in Zeek: duplicates within an hour are suppressed. */
  public static final long SUPPRESS_NS_DEFAULT = 3_600_000_000_000L;

  final String note;
  final String message;
  @Nullable String sub;
  long timeNs = LogSchema.UNSET;
  @Nullable String uid;
  @Nullable String originator;
  long originatorPort = LogSchema.UNSET;
  @Nullable String responder;
  long responderPort = LogSchema.UNSET;
  @Nullable String protocol;
  @Nullable String source;
  @Nullable String destination;
  long port = LogSchema.UNSET;
  long count = LogSchema.UNSET;
  @Nullable String fileId;
  @Nullable String mimeType;
  @Nullable String fileText;
  @Nullable String identifier;
  long suppressNs = SUPPRESS_NS_DEFAULT;

  /** Workloads of source and destination; empty where they are not known. */
  String sourceName = "";

  String destinationName = "";

  private Notice(String note, String message) {
    this.note = note;
    this.message = message;
  }

  /**
   * Begins a notice.
   *
   * @param note a declared {@link NoticeType#name}
   * @param message one sentence
   */
  public static Notice of(String note, String message) {
    return new Notice(note, message);
  }

  /** Adds a further text. */
  public Notice sub(@Nullable String sub) {
    this.sub = sub;
    return this;
  }

  /** Takes the connection of a record: ids, protocol, and as source and destination its ends. */
  public Notice connection(LogRecord logged) {
    String transport = logged.text("proto");
    return connection(
        logged.text("uid"),
        logged.text("id.orig_h"),
        logged.number("id.orig_p"),
        logged.text("id.resp_h"),
        logged.number("id.resp_p"),
        transport == null ? "tcp" : transport);
  }

  /** As above, in parts; {@code port} becomes the responder's. */
  public Notice connection(
      @Nullable String uid,
      @Nullable String originator,
      long originatorPort,
      @Nullable String responder,
      long responderPort,
      String protocol) {
    this.uid = uid;
    this.originator = originator;
    this.originatorPort = originatorPort;
    this.responder = responder;
    this.responderPort = responderPort;
    this.protocol = protocol;
    if (source == null) {
      source = originator;
    }
    if (destination == null) {
      destination = responder;
    }
    if (port == LogSchema.UNSET) {
      port = responderPort;
    }
    return this;
  }

  /** Names a connection without its ends. */
  public Notice uid(@Nullable String uid) {
    this.uid = uid;
    return this;
  }

  /** Says when it happened, nanoseconds since 1970; else it is the packets' time. */
  public Notice at(long timeNs) {
    this.timeNs = timeNs;
    return this;
  }

  /** Says who did it. */
  public Notice source(@Nullable String address) {
    source = address;
    return this;
  }

  /** Says to whom. */
  public Notice destination(@Nullable String address) {
    destination = address;
    return this;
  }

  /** Says at which port. */
  public Notice port(long port) {
    this.port = port;
    return this;
  }

  /** Says how many. */
  public Notice count(long count) {
    this.count = count;
    return this;
  }

  /** Names the file. */
  public Notice file(@Nullable String fileId, @Nullable String mimeType, @Nullable String text) {
    this.fileId = fileId;
    mimeTypeAndText(mimeType, text);
    return this;
  }

  private void mimeTypeAndText(@Nullable String type, @Nullable String text) {
    mimeType = type;
    fileText = text;
  }

  /** Says what makes two notices of this kind the same; without it none is suppressed. */
  public Notice identifier(String... parts) {
    identifier = String.join("-", parts);
    return this;
  }

  /** Says for how long the same notice is suppressed, nanoseconds; 0 for not at all. */
  public Notice suppressFor(long ns) {
    suppressNs = ns;
    return this;
  }

  /** Returns the kind. */
  public String note() {
    return note;
  }

  /** Returns the sentence. */
  public String message() {
    return message;
  }

  /** Returns who did it, or null. */
  public @Nullable String source() {
    return source;
  }

  /** Returns to whom, or null. */
  public @Nullable String destination() {
    return destination;
  }

  /** Returns the further text, or null. */
  public @Nullable String sub() {
    return sub;
  }

  /** Returns the connection's id, or null. */
  public @Nullable String uid() {
    return uid;
  }

  /** Returns when it happened, nanoseconds since 1970. */
  public long timeNs() {
    return timeNs;
  }

  /** Returns the port, or {@link LogSchema#UNSET}. */
  public long port() {
    return port;
  }

  /** Returns the number, or {@link LogSchema#UNSET}. */
  public long count() {
    return count;
  }

  /** Returns the workload that did it, or an empty text. */
  public String sourceName() {
    return sourceName;
  }

  /** Returns the workload to which it was done, or an empty text. */
  public String destinationName() {
    return destinationName;
  }
}
