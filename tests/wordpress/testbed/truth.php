<?php
/**
 * Write what a visitor of the site may see, from WordPress's own database, into an SQLite file.
 *   WPSITE=main php truth.php --wp=DOCROOT --out=FILE.db
 * The switches of testbed-mu.php (WPTHEME, WPOPT) count here too, so that depth, comment pages and
 * permalinks are those of a site so switched.
 * Only published, approved things; table `hidden` lists words and URLs that must never appear.
 * URLs are stored as paths (no host), since one database is served on several ports.
 */
$arg = getopt( '', array( 'wp:', 'out:' ) );
ini_set( 'memory_limit', '1500M' );
set_time_limit( 0 );
$_SERVER['HTTP_HOST']       = preg_replace( '#^https?://#', '', getenv( 'WPURL' ) ?: 'http://127.0.0.1:18100' );
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_URI']     = '/';
$_SERVER['REMOTE_ADDR']     = '127.0.0.1';
require rtrim( $arg['wp'], '/' ) . '/wp-load.php';
@unlink( $arg['out'] );
$db = new SQLite3( $arg['out'] );
$db->exec( 'PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN' );
$db->exec( <<<'SQL'
CREATE TABLE site (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE authors (id INTEGER PRIMARY KEY, login TEXT, slug TEXT, display_name TEXT, bio_html TEXT, url TEXT, path TEXT, posts INTEGER);
CREATE TABLE terms (id INTEGER PRIMARY KEY, taxonomy TEXT, name TEXT, slug TEXT, parent INTEGER, description TEXT, path TEXT, direct_posts INTEGER, archive_posts INTEGER, archive_pages INTEGER);
CREATE TABLE posts (id INTEGER PRIMARY KEY, key TEXT, type TEXT, path TEXT, slug TEXT, guid TEXT, title_raw TEXT, title_html TEXT, title_text TEXT, author_id INTEGER, byline TEXT,
  published TEXT, published_gmt TEXT, modified TEXT, modified_gmt TEXT, format TEXT, sticky INTEGER, protected INTEGER, pages INTEGER, comment_status TEXT,
  body_raw TEXT, body_html TEXT, body_text TEXT, excerpt_raw TEXT, thumbnail TEXT, identifiers TEXT,
  comments_approved INTEGER, comments_in_thread INTEGER, roots_in_thread INTEGER, comment_pages INTEGER, parent INTEGER);
CREATE TABLE post_terms (post_id INTEGER, term_id INTEGER, PRIMARY KEY (post_id, term_id));
CREATE TABLE post_authors (post_id INTEGER, position INTEGER, author_id INTEGER, name TEXT, PRIMARY KEY (post_id, position));
CREATE TABLE post_pages (post_id INTEGER, page INTEGER, path TEXT, html TEXT, PRIMARY KEY (post_id, page));
CREATE TABLE comments (id INTEGER PRIMARY KEY, post_id INTEGER, parent_id INTEGER, type TEXT, author_name TEXT, author_shown TEXT, author_url TEXT, author_email_md5 TEXT, author_email_sha256 TEXT, user_id INTEGER, by_post_author INTEGER,
  published TEXT, published_gmt TEXT, content_raw TEXT, content_html TEXT, content_text TEXT,
  in_thread INTEGER, depth INTEGER, shown_depth INTEGER, shown_parent INTEGER, cpage INTEGER, path TEXT);
CREATE TABLE archives (month TEXT PRIMARY KEY, path TEXT, posts INTEGER, pages INTEGER);
CREATE TABLE attachments (id INTEGER PRIMARY KEY, path TEXT, file TEXT, mime TEXT, width INTEGER, height INTEGER, bytes INTEGER, alt TEXT, caption TEXT);
CREATE TABLE hidden (kind TEXT, id INTEGER, path TEXT, words TEXT);
SQL
);
function put( $table, $row ) {
	global $db;
	static $st = array();
	$k = $table . count( $row );
	if ( ! isset( $st[ $k ] ) ) {
		$st[ $k ] = $db->prepare( "INSERT OR REPLACE INTO $table (" . implode( ',', array_keys( $row ) ) . ') VALUES (' . implode( ',', array_fill( 0, count( $row ), '?' ) ) . ')' );
	}
	$i = 0;
	foreach ( $row as $v ) {
		$st[ $k ]->bindValue( ++$i, $v, is_int( $v ) ? SQLITE3_INTEGER : ( null === $v ? SQLITE3_NULL : SQLITE3_TEXT ) );
	}
	$st[ $k ]->execute();
	$st[ $k ]->reset();
}
function path( $url ) {
	$base = get_option( 'testbed_base', '' );
	$url  = $base && 0 !== strpos( $url, WP_HOME ) ? str_replace( $base, WP_HOME, $url ) : $url;
	return preg_replace( '#^https?://[^/]+#', '', $url );
}
/* The text a browser would show: block elements end a line, white space collapsed, no scripts. */
function text( $html ) {
	$html = preg_replace( '#<(script|style|noscript|template)\b[^>]*>.*?</\1\s*>#is', '', $html );
	$html = preg_replace( '#<(br|/?(p|div|li|ul|ol|dl|dt|dd|h[1-6]|blockquote|pre|table|tr|td|th|caption|figure|figcaption|hr|section|article|header|footer|details|summary))\b[^>]*>#i', "\n$0", $html );
	$t = html_entity_decode( wp_strip_all_tags_keep( $html ), ENT_QUOTES | ENT_HTML5, 'UTF-8' );
	$t = preg_replace( '/[\x{00A0}\t\r ]+/u', ' ', $t );
	$t = preg_replace( '/ *\n[\n ]*/', "\n", $t );
	return trim( $t );
}
function wp_strip_all_tags_keep( $html ) {
	return strip_tags( preg_replace( '/<!--.*?-->/s', '', $html ) );
}
$theme = get_option( 'stylesheet' );
foreach ( array( 'name' => html_entity_decode( get_option( 'blogname' ), ENT_QUOTES ), 'description' => get_option( 'blogdescription' ), 'base' => get_option( 'testbed_base' ), 'wordpress' => get_bloginfo( 'version' ), 'permalinks' => get_option( 'permalink_structure' ), 'timezone' => wp_timezone_string(), 'posts_per_page' => get_option( 'posts_per_page' ), 'comments_per_page' => get_option( 'comments_per_page' ), 'page_comments' => get_option( 'page_comments' ), 'default_comments_page' => get_option( 'default_comments_page' ), 'comment_order' => get_option( 'comment_order' ), 'thread_comments' => get_option( 'thread_comments' ), 'thread_comments_depth' => get_option( 'thread_comments_depth' ), 'theme' => $theme ) as $k => $v ) {
	put( 'site', array( 'key' => $k, 'value' => (string) $v ) );
}
$per = max( 1, (int) get_option( 'posts_per_page' ) );

/* ---- authors */
foreach ( get_users( array( 'orderby' => 'ID' ) ) as $u ) {
	$n = (int) count_user_posts( $u->ID, 'post', true );
	put( 'authors', array( 'id' => (int) $u->ID, 'login' => $u->user_login, 'slug' => $u->user_nicename, 'display_name' => $u->display_name, 'bio_html' => $u->description, 'url' => $u->user_url, 'path' => path( get_author_posts_url( $u->ID ) ), 'posts' => $n ) );
}

/* ---- terms; an archive of a category lists the posts of its children too */
foreach ( get_terms( array( 'taxonomy' => array( 'category', 'post_tag', 'post_format' ), 'hide_empty' => false ) ) as $t ) {
	$q = new WP_Query( array( 'post_type' => 'post', 'post_status' => 'publish', 'posts_per_page' => 1, 'ignore_sticky_posts' => true, 'tax_query' => array( array( 'taxonomy' => $t->taxonomy, 'terms' => $t->term_id, 'include_children' => true ) ) ) );
	put( 'terms', array( 'id' => (int) $t->term_id, 'taxonomy' => $t->taxonomy, 'name' => html_entity_decode( $t->name, ENT_QUOTES | ENT_HTML5 ), 'slug' => urldecode( $t->slug ), 'parent' => (int) $t->parent, 'description' => $t->description, 'path' => path( get_term_link( $t ) ), 'direct_posts' => (int) $t->count, 'archive_posts' => (int) $q->found_posts, 'archive_pages' => (int) ceil( $q->found_posts / $per ) ) );
}

/* ---- posts and pages */
$depth_max = get_option( 'thread_comments' ) ? (int) get_option( 'thread_comments_depth' ) : 1;
$cper      = get_option( 'page_comments' ) ? (int) get_option( 'comments_per_page' ) : 0;
$ids = $wpdb->get_col( "SELECT ID FROM $wpdb->posts WHERE post_type IN ('post','page') AND post_status = 'publish' ORDER BY ID" );
$sticky = get_option( 'sticky_posts', array() );
foreach ( $ids as $done => $id ) {
	$id = (int) $id;
	$p  = get_post( $id );
	$GLOBALS['post'] = $p;
	$GLOBALS['wp_query']->in_the_loop = true;
	setup_postdata( $p );
	$locked = '' !== $p->post_password;
	$pages  = $GLOBALS['pages'];
	$whole  = '';
	$base   = get_permalink( $id );
	if ( ! $locked ) {
		foreach ( $pages as $i => $raw ) {
			$raw  = preg_replace( '/<!--more.*?-->/', '<span id="more-' . $id . '"></span>', $raw );
			$html = str_replace( ']]>', ']]&gt;', apply_filters( 'the_content', $raw ) );
			$whole .= ( $whole ? "\n" : '' ) . $html;
			if ( count( $pages ) > 1 ) {
				put( 'post_pages', array( 'post_id' => $id, 'page' => $i + 1, 'path' => path( $i ? trailingslashit( $base ) . ( $i + 1 ) . '/' : $base ), 'html' => $html ) );
			}
		}
	}
	foreach ( wp_get_object_terms( $id, array( 'category', 'post_tag', 'post_format' ) ) as $t ) {
		put( 'post_terms', array( 'post_id' => $id, 'term_id' => (int) $t->term_id ) );
	}
	$names = array( array( (int) $p->post_author, get_the_author_meta( 'display_name', $p->post_author ) ) );
	$guest = get_post_meta( $id, 'guest_author', true );
	if ( $guest ) {
		$names = array( array( null, $guest ) );
	}
	foreach ( array_filter( explode( ',', (string) get_post_meta( $id, 'co_authors', true ) ) ) as $login ) {
		$u       = get_user_by( 'login', trim( $login ) );
		$names[] = array( (int) $u->ID, $u->display_name );
	}
	foreach ( $names as $i => $n ) {
		put( 'post_authors', array( 'post_id' => $id, 'position' => $i, 'author_id' => $n[0], 'name' => $n[1] ) );
	}

	/* comments */
	$all = $wpdb->get_results( $wpdb->prepare( "SELECT * FROM $wpdb->comments WHERE comment_post_ID = %d AND comment_approved = '1' ORDER BY comment_date_gmt, comment_ID", $id ) );
	$by  = array();
	foreach ( $all as $c ) {
		$by[ (int) $c->comment_ID ] = $c;
	}
	$chain = array(); // id => ids from the root down, or null when an ancestor cannot be seen
	$find  = function ( $cid ) use ( &$find, &$chain, $by ) {
		if ( array_key_exists( $cid, $chain ) ) {
			return $chain[ $cid ];
		}
		$par = (int) $by[ $cid ]->comment_parent;
		if ( 0 === $par ) {
			return $chain[ $cid ] = array( $cid );
		}
		if ( ! isset( $by[ $par ] ) ) {
			return $chain[ $cid ] = null;
		}
		$up = $find( $par );
		return $chain[ $cid ] = null === $up ? null : array_merge( $up, array( $cid ) );
	};
	$roots = array();
	$seen  = 0;
	foreach ( $by as $cid => $c ) {
		if ( ! $find( $cid ) && $depth_max < 2 ) { // without threads, a reply does not need its parent
			$chain[ $cid ] = array( $cid );
		}
		if ( $locked || ! $chain[ $cid ] ) { // the thread of a protected post is not shown
			continue;
		}
		$seen++;
		if ( $depth_max < 2 || 1 === count( $chain[ $cid ] ) ) {
			$roots[ $cid ] = count( $roots );
		}
	}
	foreach ( $by as $cid => $c ) {
		$line  = $locked ? null : $chain[ $cid ];
		$depth = $line ? count( $line ) : null;
		$shown = $line ? ( $depth_max < 2 ? 1 : min( $depth, $depth_max ) ) : null;
		$sp    = null;
		if ( $line && $shown > 1 ) {
			$sp = $depth <= $depth_max ? $line[ $depth - 2 ] : $line[ $depth_max - 2 ];
		}
		$page = null;
		if ( $line && $cper ) {
			$page = intdiv( $roots[ $depth_max < 2 ? $cid : $line[0] ], $cper ) + 1;
		}
		$GLOBALS['comment'] = get_comment( $cid );
		put( 'comments', array(
			'id' => $cid, 'post_id' => $id, 'parent_id' => (int) $c->comment_parent, 'type' => $c->comment_type ? $c->comment_type : 'comment',
			'author_name' => $c->comment_author, 'author_shown' => html_entity_decode( strip_tags( get_comment_author( $cid ) ), ENT_QUOTES | ENT_HTML5 ), 'author_url' => get_comment_author_url( $cid ),
			'author_email_md5' => $c->comment_author_email ? md5( strtolower( trim( $c->comment_author_email ) ) ) : null, 'author_email_sha256' => $c->comment_author_email ? hash( 'sha256', strtolower( trim( $c->comment_author_email ) ) ) : null,
			'user_id' => (int) $c->user_id, 'by_post_author' => (int) ( $c->user_id > 0 && (int) $c->user_id === (int) $p->post_author ),
			'published' => $c->comment_date, 'published_gmt' => $c->comment_date_gmt, 'content_raw' => $c->comment_content,
			'content_html' => $ch = apply_filters( 'comment_text', get_comment_text( $cid ), get_comment( $cid ), array() ), 'content_text' => text( $ch ),
			'in_thread' => (int) (bool) $line, 'depth' => $depth, 'shown_depth' => $shown, 'shown_parent' => $sp, 'cpage' => $page, 'path' => path( get_comment_link( $cid ) ),
		) );
	}
	$thumb = get_post_thumbnail_id( $id );
	put( 'posts', array(
		'id' => $id, 'key' => get_post_meta( $id, '_tb_key', true ), 'type' => $p->post_type, 'path' => path( $base ), 'slug' => urldecode( $p->post_name ), 'guid' => path( $p->guid ),
		'title_raw' => $p->post_title, 'title_html' => get_the_title( $id ), 'title_text' => html_entity_decode( wp_strip_all_tags( get_the_title( $id ) ), ENT_QUOTES | ENT_HTML5 ),
		'author_id' => (int) $p->post_author, 'byline' => function_exists( 'tb_byline' ) ? tb_byline( get_the_author_meta( 'display_name', $p->post_author ) ) : get_the_author(),
		'published' => $p->post_date, 'published_gmt' => $p->post_date_gmt, 'modified' => $p->post_modified, 'modified_gmt' => $p->post_modified_gmt,
		'format' => get_post_format( $id ) ? get_post_format( $id ) : 'standard', 'sticky' => (int) in_array( $id, $sticky ), 'protected' => (int) $locked, 'pages' => count( $pages ), 'comment_status' => $p->comment_status,
		'body_raw' => $locked ? null : $p->post_content, 'body_html' => $locked ? null : $whole, 'body_text' => $locked ? null : text( $whole ), 'excerpt_raw' => $p->post_excerpt,
		'thumbnail' => $thumb ? path( wp_get_attachment_url( $thumb ) ) : null, 'identifiers' => get_post_meta( $id, '_tb_identifiers', true ) ? get_post_meta( $id, '_tb_identifiers', true ) : '[]',
		'comments_approved' => count( $all ), 'comments_in_thread' => $seen, 'roots_in_thread' => count( $roots ), 'comment_pages' => $cper ? (int) ceil( count( $roots ) / $cper ) : ( $seen ? 1 : 0 ), 'parent' => (int) $p->post_parent,
	) );
	if ( $locked ) {
		put( 'hidden', array( 'kind' => 'protected body', 'id' => $id, 'path' => path( $base ), 'words' => $p->post_content ) );
	}
	if ( 0 === $done % 200 ) {
		wp_cache_flush();
	}
}
wp_reset_postdata();

/* ---- the monthly archive list, counted as WordPress counts it */
foreach ( $wpdb->get_results( "SELECT YEAR(post_date) y, MONTH(post_date) m, COUNT(*) n FROM $wpdb->posts WHERE post_type = 'post' AND post_status = 'publish' GROUP BY y, m ORDER BY y, m" ) as $r ) {
	put( 'archives', array( 'month' => sprintf( '%04d-%02d', $r->y, $r->m ), 'path' => path( get_month_link( $r->y, $r->m ) ), 'posts' => (int) $r->n, 'pages' => (int) ceil( $r->n / $per ) ) );
}
/* ---- media */
foreach ( get_posts( array( 'post_type' => 'attachment', 'numberposts' => -1 ) ) as $a ) {
	$m = wp_get_attachment_metadata( $a->ID );
	$f = get_attached_file( $a->ID );
	put( 'attachments', array( 'id' => (int) $a->ID, 'path' => path( get_permalink( $a->ID ) ), 'file' => path( wp_get_attachment_url( $a->ID ) ), 'mime' => $a->post_mime_type, 'width' => (int) ( $m['width'] ?? 0 ), 'height' => (int) ( $m['height'] ?? 0 ), 'bytes' => (int) @filesize( $f ), 'alt' => get_post_meta( $a->ID, '_wp_attachment_image_alt', true ), 'caption' => $a->post_excerpt ) );
}
/* ---- what must not be found */
foreach ( $wpdb->get_results( "SELECT ID, post_title, post_name, post_status, post_content FROM $wpdb->posts WHERE post_type IN ('post','page') AND post_status NOT IN ('publish','auto-draft')" ) as $r ) {
	put( 'hidden', array( 'kind' => 'post ' . $r->post_status, 'id' => (int) $r->ID, 'path' => '/?p=' . $r->ID, 'words' => $r->post_title . "\n" . $r->post_content ) );
}
$names = array_flip( array_filter( $wpdb->get_col( "SELECT DISTINCT comment_author FROM $wpdb->comments WHERE comment_approved = '1'" ) ) );
foreach ( $wpdb->get_results( "SELECT c.comment_ID, c.comment_author, c.comment_content, c.comment_approved FROM $wpdb->comments c LEFT JOIN $wpdb->posts p ON p.ID = c.comment_post_ID WHERE comment_approved <> '1' OR p.post_status <> 'publish'" ) as $r ) {
	put( 'hidden', array( 'kind' => 'comment ' . $r->comment_approved, 'id' => (int) $r->comment_ID, 'path' => null, 'words' => $r->comment_content . ( isset( $names[ $r->comment_author ] ) ? '' : "\n" . $r->comment_author ) ) );
}
$db->exec( 'COMMIT' );
foreach ( array( 'posts', 'comments', 'terms', 'authors', 'archives', 'attachments', 'hidden' ) as $t ) {
	fwrite( STDERR, $t . ' ' . $db->querySingle( "SELECT COUNT(*) FROM $t" ) . '  ' );
}
fwrite( STDERR, "\n" );
