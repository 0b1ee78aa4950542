/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.files.FileStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A request with its answer: one record of {@code http.log}. One thread. */
final class HttpTransaction {

  /** Files of one direction that are named, at most. */
  private static final int FILES_MAX = 15;

  private static final int PROXIES_MAX = 20;

  /** Heap of a file that is over but named: its row and its id. */
  private static final long FILE_BYTES = 512;

  /** Heap of this object, of its lists and of its place among those that wait. */
  private static final long BYTES = 344;

  final Flow flow;
  final int depth;
  final long startNs;
  @Nullable String method;
  @Nullable String host;
  @Nullable String uri;
  @Nullable String referrer;
  @Nullable String version;
  @Nullable String userAgent;
  @Nullable String origin;
  @Nullable String user;
  @Nullable String password;
  long requestBodyLength;
  long responseBodyLength;
  long status = LogSchema.UNSET;
  @Nullable String statusText;
  long infoStatus = LogSchema.UNSET;
  @Nullable String infoText;
  long grpcStatus = LogSchema.UNSET;
  boolean rangeAsked;

  private final HeldHeap held;

  /** Whether its answer can be told from others. */
  boolean isPaired = true;

  /** Whether it is an answer whose request is not known. */
  boolean isAlone;

  /** Bytes that are missing since the record before; 0 for none. */
  long missedBytes;

  /** Fields of its heads that are unknown: they refer to bytes that are missing. */
  long unknownHeaders;

  boolean written;

  /** Whether the request or the answer is under way: Zeek keeps one such state for both. */
  boolean isEntityOpen;

  Set<String> proxied = Set.of();
  List<FileStream> requestFiles = List.of();
  List<String> requestFilenames = List.of();
  List<FileStream> responseFiles = List.of();
  List<String> responseFilenames = List.of();

  /**
   * @param account of the connection, to which what this holds counts until {@link #release}
   */
  HttpTransaction(HeapAccount account, Flow flow, int depth, long startNs) {
    this.held = new HeldHeap(account);
    this.flow = flow;
    this.depth = depth;
    this.startNs = startNs;
    held.set(BYTES);
  }

  /** Accounts for the texts that it has by now. */
  void account() {
    held.set(
        BYTES
            + HeapSize.text(method)
            + HeapSize.text(host)
            + HeapSize.text(uri)
            + HeapSize.text(referrer)
            + HeapSize.text(userAgent)
            + HeapSize.text(origin)
            + HeapSize.text(user)
            + HeapSize.text(statusText)
            + HeapSize.text(infoText)
            + (proxied.isEmpty() ? 0 : 48L * PROXIES_MAX + HeapSize.texts(proxied))
            + FILE_BYTES * (requestFiles.size() + responseFiles.size())
            + HeapSize.texts(requestFilenames)
            + HeapSize.texts(responseFilenames));
  }

  /** Gives back what it holds: it is written, or dropped. */
  void release() {
    held.clear();
  }

  /** Returns whether a line begins an answer: "HTTP/", something, blanks, three digits. */
  static boolean isAnswer(Payload line) {
    int at = line.begins("HTTP/") ? statusAt(line) : 0;
    return at > 0 && isDigit(line.u8(at)) && isDigit(line.u8(at + 1)) && isDigit(line.u8(at + 2));
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static int statusAt(Payload line) {
    int at = line.indexOf(' ', 0);
    while (HeaderFields.isBlank(line.u8(at))) {
      at++;
    }
    return at;
  }

  /**
   * Takes the first line of the answer.
   *
   * @param line for which {@link #isAnswer} holds
   * @see "RFC 9112 section 4"
   */
  void answer(Payload line, String answerVersion) {
    int at = statusAt(line);
    version = answerVersion;
    status = HeaderFields.unsigned(line.text(at, 3));
    int wordsAt = at + 3;
    boolean isWorded = wordsAt < line.length();
    while (HeaderFields.isBlank(line.u8(wordsAt))) {
      wordsAt++;
    }
    statusText = isWorded ? line.text(wordsAt, line.length() - wordsAt) : "<empty>";
    if (isInformational()) {
      infoStatus = status;
      infoText = statusText;
    }
  }

  /** Returns whether the last answer is one that announces another. */
  boolean isInformational() {
    return status >= 100 && status < 200;
  }

  /** Notes that nobody knows how long the content is. */
  void loseLength(boolean ofRequest) {
    if (ofRequest) {
      requestBodyLength = LogSchema.UNSET;
    } else {
      responseBodyLength = LogSchema.UNSET;
    }
  }

  /** Takes a field of the request's head. */
  void requestHeader(Session session, HttpHeader header, String value) {
    switch (header) {
      case HOST -> host = value;
      case REFERER -> referrer = value;
      case USER_AGENT -> userAgent = value;
      case ORIGIN -> origin = value;
      case RANGE -> rangeAsked = true;
      case AUTHORIZATION, PROXY_AUTHORIZATION -> authorization(session, value);
      default -> {
        if (header.isOfProxy()) {
          addProxy(header.text() + " -> " + value);
        }
      }
    }
  }

  private void addProxy(String text) {
    if (proxied.isEmpty()) {
      proxied = new TreeSet<>();
    }
    if (proxied.size() < PROXIES_MAX) {
      proxied.add(text);
    }
  }

  /** RFC 7617 section 2: the password is read past, not kept. */
  private void authorization(Session session, String value) {
    if (!value.toLowerCase(Locale.ROOT).startsWith("basic ")) {
      return;
    }
    String credentials = BasicCredentials.decode(session, value.substring(6));
    int colon = credentials.indexOf(':');
    user = colon < 0 ? "<problem-decoding> (" + value + ")" : credentials.substring(0, colon);
  }

  /** Notes a file that came with the request or with the answer. */
  void addFile(boolean ofRequest, FileStream file, String filename) {
    List<FileStream> files = ofRequest ? requestFiles : responseFiles;
    List<String> names = ofRequest ? requestFilenames : responseFilenames;
    if (files.size() == FILES_MAX || isNamed(files, file)) {
      return;
    }
    if (files.isEmpty()) {
      files = new ArrayList<>(1);
    }
    files.add(file);
    held.grow(FILE_BYTES + HeapSize.text(filename));
    if (!filename.isEmpty()) {
      if (names.isEmpty()) {
        names = new ArrayList<>(1);
      }
      names.add(filename);
    }
    if (ofRequest) {
      requestFiles = files;
      requestFilenames = names;
    } else {
      responseFiles = files;
      responseFilenames = names;
    }
  }

  /** A file that comes in several ranges is named once. */
  private static boolean isNamed(List<FileStream> files, FileStream file) {
    for (int i = 0; i < files.size(); i++) {
      if (files.get(i).fuid().equals(file.fuid())) {
        return true;
      }
    }
    return false;
  }
}
