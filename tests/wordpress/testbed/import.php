<?php
/**
 * Import a WXR file into an emptied WordPress, with WordPress's own functions, as the format documents it:
 *   $wxr = 'FILE.xml'; then this file, through `wp-testbed.sh eval WPSITE=name`.
 * WordPress's importer is a plugin, which Debian does not package. Like it, this gives posts the numbers
 * that they had, and counts comments anew, each after the one that it answers.
 */
$wp   = 'http://wordpress.org/export/1.2/';
$rss  = simplexml_load_file( $wxr, 'SimpleXMLElement', LIBXML_NONET | LIBXML_PARSEHUGE );
$told = array( 'posts' => 0, 'comments' => 0, 'terms' => 0, 'authors' => 0 );

/* --- what is there, but for the account that imports, and one category, which every WordPress has */
global $wpdb;
foreach ( array( 'posts', 'postmeta', 'comments', 'commentmeta', 'terms', 'termmeta', 'term_taxonomy', 'term_relationships' ) as $table ) {
	$wpdb->query( "TRUNCATE {$wpdb->$table}" );
}
$wpdb->query( "DELETE FROM $wpdb->users WHERE ID > 1" );
$wpdb->query( "DELETE FROM $wpdb->usermeta WHERE user_id > 1" );
wp_cache_flush();
$first = wp_insert_term( 'Before the import', 'category' );
update_option( 'default_category', $first['term_id'] );

/* --- authors and terms */
$users = array();
foreach ( $rss->channel->children( $wp )->author as $author ) {
	$login = sanitize_user( (string) $author->author_login, true );
	$known = get_user_by( 'login', $login );
	$id    = $known ? $known->ID : wp_insert_user( array(
		'user_login' => $login, 'user_pass' => wp_generate_password(), 'role' => 'author',
		'user_nicename' => sanitize_title( (string) $author->author_login ),
	) );
	if ( is_wp_error( $id ) ) {
		fwrite( STDERR, "$login: " . $id->get_error_message() . "\n" );
		exit( 3 );
	}
	wp_update_user( wp_slash( array( 'ID' => $id, 'display_name' => (string) $author->author_display_name, 'nickname' => $login ) ) );
	$users[ (string) $author->author_login ] = $id;
	++$told['authors'];
}
function imported_term( $taxonomy, $name, $slug, $parent = 0 ) {
	$known = get_term_by( 'slug', $slug, $taxonomy );
	if ( $known ) {
		return $known->term_id;
	}
	$made = wp_insert_term( wp_slash( $name ), $taxonomy, array( 'slug' => $slug, 'parent' => $parent ) );
	if ( is_wp_error( $made ) ) {
		fwrite( STDERR, "$taxonomy $slug: " . $made->get_error_message() . "\n" );
		exit( 3 );
	}
	return $made['term_id'];
}
foreach ( $rss->channel->children( $wp )->category as $term ) {
	$parent = (string) $term->category_parent;
	$above  = '' === $parent ? false : get_term_by( 'slug', $parent, 'category' );
	imported_term( 'category', (string) $term->cat_name, (string) $term->category_nicename, $above ? $above->term_id : 0 );
	++$told['terms'];
}
foreach ( $rss->channel->children( $wp )->tag as $term ) {
	imported_term( 'post_tag', (string) $term->tag_name, (string) $term->tag_slug );
	++$told['terms'];
}

/* --- posts with their comments */
remove_all_filters( 'content_save_pre' );
foreach ( $rss->channel->item as $item ) {
	$of   = $item->children( $wp );
	$post = wp_insert_post( wp_slash( array(
		'import_id'      => (int) $of->post_id,
		'post_author'    => $users[ (string) $item->children( 'http://purl.org/dc/elements/1.1/' )->creator ] ?? 1,
		'post_date'      => (string) $of->post_date,
		'post_date_gmt'  => (string) $of->post_date_gmt,
		'post_content'   => (string) $item->children( 'http://purl.org/rss/1.0/modules/content/' )->encoded,
		'post_excerpt'   => (string) $item->children( 'http://wordpress.org/export/1.2/excerpt/' )->encoded,
		'post_title'     => (string) $item->title,
		'post_status'    => (string) $of->status,
		'post_password'  => (string) $of->post_password,
		'post_name'      => (string) $of->post_name,
		'comment_status' => (string) $of->comment_status,
		'ping_status'    => (string) $of->ping_status,
		'post_type'      => (string) $of->post_type,
		'post_parent'    => (int) $of->post_parent,
	) ), true );
	if ( is_wp_error( $post ) ) {
		fwrite( STDERR, (string) $of->post_id . ': ' . $post->get_error_message() . "\n" );
		exit( 3 );
	}
	++$told['posts'];
	$filed = array();
	foreach ( $item->category as $term ) {
		$filed[ (string) $term['domain'] ][] = imported_term( (string) $term['domain'], (string) $term, (string) $term['nicename'] );
	}
	foreach ( $filed as $taxonomy => $ids ) {
		wp_set_post_terms( $post, $ids, $taxonomy );
	}
	$comments = array();
	foreach ( $of->comment as $comment ) {
		$comments[ (int) $comment->comment_id ] = $comment;
	}
	ksort( $comments );
	$numbers = array();
	foreach ( $comments as $number => $comment ) {
		$numbers[ $number ] = wp_insert_comment( wp_slash( array(
			'comment_post_ID'      => $post,
			'comment_author'       => (string) $comment->comment_author,
			'comment_author_email' => '',
			'comment_author_url'   => (string) $comment->comment_author_url,
			'comment_date'         => (string) $comment->comment_date,
			'comment_date_gmt'     => (string) $comment->comment_date_gmt,
			'comment_content'      => (string) $comment->comment_content,
			'comment_approved'     => (string) $comment->comment_approved,
			'comment_type'         => (string) $comment->comment_type,
			'comment_parent'       => $numbers[ (int) $comment->comment_parent ] ?? 0,
		) ) );
		++$told['comments'];
	}
}
echo json_encode( $told );
