/**
 * MySQL: logins and commands with their outcome; {@code mysql.log}. One thread.
 *
 * @see "MySQL Internals Manual: client/server protocol 10"
 */
@NullMarked
package io.podtap.sensor.parse.mysql;

import org.jspecify.annotations.NullMarked;
