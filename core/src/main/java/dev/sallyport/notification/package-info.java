/** Reviews that are owed after emergencies and other grants, chased until they are done. */
@NullMarked
package dev.sallyport.notification;

import org.jspecify.annotations.NullMarked;
