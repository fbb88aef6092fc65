<?php
/**
 * Plugin Name: Test bed switches
 * Per-request switches read from the environment (see README). Must-use plugin.
 *
 * WPTHEME=slug            render with this theme, whatever the database says
 * WPOPT=a=b;c=d           override options (page_comments=0;comment_order=desc;...)
 * WPLOCALE=de_DE          site language (needs language files)
 * WPDATE=relative|format  date format of posts and comments; 'relative' gives '3 years ago'
 * WPREST=401|403|404      REST API closed to visitors with that status
 * WPFEED=off|403          feeds closed (off: 301 to the page, 403: refused)
 * WPSITEMAP=off           core sitemaps off
 * WPPLUGINS=a/b.php,...   active plugins of this port
 * WPCBASE=name            comment pages are /name-2/ instead of /comment-page-2/, as plugins that translate do it
 * WPPAGEBASE=name         pages of lists are /name/2/ instead of /page/2/
 * WPAUTHORBASE=name       pages of authors are /name/ann/ instead of /author/ann/
 * WPPATH=/blog            the blog stands in a folder of its site
 * WPLATENCY=ms            slow server
 * WPFAULTS=seed:percent   a fixed share of URLs fails on its first two requests (429, 500, 503)
 *
 * And from the database, so that a test can change it between two crawls of one server:
 * option testbed_fails    a pattern of URIs that answer 500 for as long as it is set
 */
if ( ! function_exists( 'tb_env' ) ) {
	return;
}

/* --- several ports, one database: rewrite stored URLs to the host that was asked ------------- */
$tb_base = get_option( 'testbed_base', '' );
if ( $tb_base && $tb_base !== WP_HOME && 'cli' !== PHP_SAPI ) {
	ob_start(
		function ( $html ) use ( $tb_base ) {
			return str_replace(
				array( $tb_base, str_replace( '/', '\/', $tb_base ), rawurlencode( $tb_base ) ),
				array( WP_HOME, str_replace( '/', '\/', WP_HOME ), rawurlencode( WP_HOME ) ),
				$html
			);
		}
	);
}

/* --- theme ------------------------------------------------------------------------------------ */
$tb_theme = tb_env( 'WPTHEME' );
if ( $tb_theme ) {
	$tb_template = $tb_theme;
	$tb_css      = WP_CONTENT_DIR . '/themes/' . $tb_theme . '/style.css';
	if ( is_file( $tb_css ) && preg_match( '/^[ \t\/*#@]*Template:\s*(\S+)/mi', (string) file_get_contents( $tb_css, false, null, 0, 8192 ), $tb_m ) ) {
		$tb_template = $tb_m[1];
	}
	add_filter( 'pre_option_stylesheet', function () use ( $tb_theme ) { return $tb_theme; } );
	add_filter( 'pre_option_template', function () use ( $tb_template ) { return $tb_template; } );
	add_filter( 'pre_option_current_theme', function () use ( $tb_theme ) { return $tb_theme; } );
}

/* --- options ---------------------------------------------------------------------------------- */
$tb_bases = array( 'comments_pagination_base' => tb_env( 'WPCBASE' ), 'pagination_base' => tb_env( 'WPPAGEBASE' ), 'author_base' => tb_env( 'WPAUTHORBASE' ) );
foreach ( array_filter( explode( ';', tb_env( 'WPOPT' ) ) ) as $tb_pair ) {
	list( $tb_name, $tb_value ) = explode( '=', $tb_pair, 2 );
	add_filter( 'pre_option_' . $tb_name, function () use ( $tb_value ) { return '' === $tb_value ? '0' : ( 'EMPTY' === $tb_value ? '' : $tb_value ); } );
	if ( 'permalink_structure' === $tb_name ) {
		$tb_rules = 'testbed_rules_' . md5( tb_env( 'WPOPT' ) . tb_env( 'WPPATH' ) . implode( ' ', $tb_bases ) );
		add_filter( 'pre_option_rewrite_rules', function () use ( $tb_rules ) { return get_option( $tb_rules, '' ); } );
		add_filter( 'pre_update_option_rewrite_rules', function ( $new, $old ) use ( $tb_rules ) {
			if ( $new ) {
				update_option( $tb_rules, $new, false );
			}
			return $old;
		}, 10, 2 );
	}
}
foreach ( array_filter( $tb_bases ) as $tb_name => $tb_value ) {
	add_action( 'setup_theme', function () use ( $tb_name, $tb_value ) { $GLOBALS['wp_rewrite']->$tb_name = $tb_value; } );
}
/* Other kinds of posts, as plugins add them: a line each, `recipe=recipes`. */
add_action( 'init', function () {
	foreach ( (array) get_option( 'testbed_types', array() ) as $type => $slug ) {
		register_post_type( $type, array( 'public' => true, 'has_archive' => true, 'rewrite' => array( 'slug' => $slug ), 'supports' => array( 'title', 'editor', 'comments' ), 'label' => ucfirst( $slug ) ) );
	}
} );
if ( tb_env( 'WPPLUGINS' ) ) {
	add_filter( 'pre_option_active_plugins', function () { return explode( ',', tb_env( 'WPPLUGINS' ) ); } );
}
if ( tb_env( 'WPLOCALE' ) ) {
	add_filter( 'locale', function () { return tb_env( 'WPLOCALE' ); } );
	add_filter( 'pre_option_WPLANG', function () { return tb_env( 'WPLOCALE' ); } );
}
add_filter( 'pre_option_link_manager_enabled', '__return_true' );

/* Themes that dislike this server switch themselves off or rewrite the widgets: not here. */
if ( 'cli' !== PHP_SAPI ) {
	foreach ( array( 'template', 'stylesheet', 'current_theme', 'theme_switched', 'sidebars_widgets', 'active_plugins', 'page_for_posts', 'show_on_front' ) as $tb_name ) {
		add_filter( 'pre_update_option_' . $tb_name, function ( $new, $old ) { return $old; }, 99, 2 );
	}
}

/* --- dates ------------------------------------------------------------------------------------ */
$tb_date = tb_env( 'WPDATE' );
if ( 'relative' === $tb_date ) {
	$tb_rel = function ( $out, $format, $ts ) {
		return ( '' === $format || get_option( 'date_format' ) === $format || get_option( 'time_format' ) === $format )
			? human_time_diff( $ts, time() ) . ' ago' : $out;
	};
	add_filter( 'get_the_date', function ( $out, $format, $post ) use ( $tb_rel ) { return $tb_rel( $out, $format, get_post_time( 'U', true, $post ) ); }, 10, 3 );
	add_filter( 'get_comment_date', function ( $out, $format, $c ) use ( $tb_rel ) { return $tb_rel( $out, $format, strtotime( $c->comment_date_gmt . ' UTC' ) ); }, 10, 3 );
	add_filter( 'get_comment_time', function ( $out, $format ) { return '' === $format || get_option( 'time_format' ) === $format ? '' : $out; }, 10, 2 );
} elseif ( $tb_date ) {
	add_filter( 'pre_option_date_format', function () use ( $tb_date ) { return $tb_date; } );
}

/* --- REST, feeds, sitemaps -------------------------------------------------------------------- */
$tb_rest = (int) tb_env( 'WPREST' );
if ( $tb_rest ) {
	add_filter( 'rest_authentication_errors', function ( $r ) use ( $tb_rest ) {
		return $r ? $r : new WP_Error( 'rest_login_required', 'REST API restricted to authenticated users.', array( 'status' => $tb_rest ) );
	} );
	remove_action( 'wp_head', 'rest_output_link_wp_head', 10 );
	remove_action( 'template_redirect', 'rest_output_link_header', 11 );
}
$tb_feed = tb_env( 'WPFEED' );
if ( $tb_feed ) {
	$tb_nofeed = function () use ( $tb_feed ) {
		if ( '403' === $tb_feed ) {
			wp_die( 'Feeds are closed.', '', array( 'response' => 403 ) );
		}
		wp_redirect( preg_replace( '#/feed/?(\?.*)?$#', '/', untrailingslashit( preg_replace( '#^(https?://[^/]+).*#', '$1', WP_HOME ) ) . add_query_arg( array() ) ), 301 );
		exit;
	};
	foreach ( array( 'do_feed', 'do_feed_rdf', 'do_feed_rss', 'do_feed_rss2', 'do_feed_atom', 'do_feed_rss2_comments', 'do_feed_atom_comments' ) as $tb_h ) {
		add_action( $tb_h, $tb_nofeed, 1 );
	}
	remove_action( 'wp_head', 'feed_links', 2 );
	remove_action( 'wp_head', 'feed_links_extra', 3 );
}
if ( 'off' === tb_env( 'WPSITEMAP' ) ) {
	add_filter( 'wp_sitemaps_enabled', '__return_false' );
}

/* --- weather ---------------------------------------------------------------------------------- */
if ( tb_env( 'WPLATENCY' ) && 'cli' !== PHP_SAPI ) {
	usleep( 1000 * (int) tb_env( 'WPLATENCY' ) );
}
if ( tb_env( 'WPFAULTS' ) && 'cli' !== PHP_SAPI ) {
	list( $tb_seed, $tb_pct ) = array_map( 'intval', explode( ':', tb_env( 'WPFAULTS' ) . ':5' ) );
	$tb_uri  = isset( $_SERVER['REQUEST_URI'] ) ? $_SERVER['REQUEST_URI'] : '';
	$tb_hash = hexdec( substr( md5( $tb_seed . '|' . $tb_uri ), 0, 7 ) );
	if ( $tb_hash % 100 < $tb_pct ) {
		$tb_dir = tb_env( 'TBFAULTS', sys_get_temp_dir() . '/tb-faults' );
		@mkdir( $tb_dir, 0777, true );
		$tb_n = is_file( $tb_dir . '/' . $tb_hash ) ? (int) file_get_contents( $tb_dir . '/' . $tb_hash ) : 0;
		file_put_contents( $tb_dir . '/' . $tb_hash, $tb_n + 1 );
		if ( $tb_n < 2 ) {
			$tb_codes = array( 429, 500, 503 );
			$tb_code  = $tb_codes[ intdiv( $tb_hash, 100 ) % 3 ];
			http_response_code( $tb_code );
			if ( 500 !== $tb_code ) {
				header( 'Retry-After: 1' );
			}
			header( 'Content-Type: text/html; charset=UTF-8' );
			exit( "<!DOCTYPE html><html><head><title>$tb_code</title></head><body><h1>Error $tb_code</h1></body></html>" );
		}
	}
}

$tb_fails = (string) get_option( 'testbed_fails', '' );
if ( '' !== $tb_fails && 'cli' !== PHP_SAPI && preg_match( '~' . $tb_fails . '~', $_SERVER['REQUEST_URI'] ) ) {
	http_response_code( 500 );
	header( 'Content-Type: text/html; charset=UTF-8' );
	exit( '<!DOCTYPE html><html><head><title>500</title></head><body><h1>Error 500</h1></body></html>' );
}

/* --- widgets, whatever the theme calls its sidebars ------------------------------------------- */
add_filter( 'sidebars_widgets', function ( $all ) {
	global $wp_registered_sidebars;
	$ours = get_option( 'testbed_widgets', array() );
	if ( ! $ours || is_admin() || empty( $wp_registered_sidebars ) ) {
		return $all;
	}
	$ids  = array_keys( $wp_registered_sidebars );
	$main = null;
	foreach ( array( 'typology_default_sidebar', 'sidebar-1', 'sidebar', 'primary-widget-area', 'primary', 'sidebar-right', 'right-sidebar' ) as $want ) {
		if ( in_array( $want, $ids, true ) ) {
			$main = $want;
			break;
		}
	}
	$main = $main ? $main : $ids[0];
	$out  = array( 'wp_inactive_widgets' => array() );
	foreach ( $ids as $id ) {
		$out[ $id ] = array();
	}
	$out[ $main ] = $ours;
	return $out;
} );
add_filter( 'theme_mod_nav_menu_locations', function ( $v ) {
	$menu = (int) get_option( 'testbed_menu' );
	if ( $menu && empty( $v ) ) {
		foreach ( array_keys( get_registered_nav_menus() ) as $loc ) {
			return array( $loc => $menu );
		}
	}
	return $v;
} );
/* Block themes have no sidebar: give them the same lists as blocks above the footer. */
add_filter( 'render_block', function ( $html, $block ) {
	static $done = false;
	if ( $done || 'core/template-part' !== $block['blockName'] || ! isset( $block['attrs']['slug'] ) || 0 !== strpos( $block['attrs']['slug'], 'footer' ) ) {
		return $html;
	}
	$done = true;
	return do_blocks(
		'<!-- wp:group {"className":"testbed-aside","tagName":"aside"} --><aside class="wp-block-group testbed-aside">'
		. '<!-- wp:search {"label":"Search"} /--><!-- wp:latest-posts {"displayPostDate":true} /--><!-- wp:latest-comments {"commentsToShow":10} /-->'
		. '<!-- wp:archives {"showPostCounts":true} /--><!-- wp:archives {"displayAsDropdown":true,"showPostCounts":true} /-->'
		. '<!-- wp:categories {"showHierarchy":true,"showPostCounts":true} /--><!-- wp:tag-cloud /--><!-- wp:calendar /--></aside><!-- /wp:group -->'
	) . $html;
}, 10, 2 );

/* --- guest and co-authors, as many magazine themes and plugins do it: the displayed name only -- */
function tb_byline( $name ) {
	$post = get_post();
	if ( $post && ! is_admin() ) {
		$guest = get_post_meta( $post->ID, 'guest_author', true );
		if ( $guest ) {
			return $guest;
		}
		$more = get_post_meta( $post->ID, 'co_authors', true );
		if ( $more ) {
			$names = array( $name );
			foreach ( explode( ',', $more ) as $login ) {
				$u = get_user_by( 'login', trim( $login ) );
				if ( $u && $u->display_name !== $name ) {
					$names[] = $u->display_name;
				}
			}
			$last = array_pop( $names );
			return $names ? implode( ', ', $names ) . ' and ' . $last : $last;
		}
	}
	return $name;
}
add_filter( 'the_author', 'tb_byline' );
